import { checkLocalSource, notOf } from './check-source.ts';
import type { LoggedModel } from './lineage.ts';
import type { AskedRun } from './origin.ts';
import { isLocal } from './source-uri.ts';
import { liesIn, pathInStore } from './store-path.ts';

/** What a caller says of the files of a new version; empty texts say nothing. */
export type Claim = { readonly source: string; readonly runId: string; readonly modelId: string };

/**
 * A source that is local, or kept by the artifact proxy, has to lie in the directory of the logged model or run it is said to
 * come from; nobody here can tell whose any other is. Throws InvalidParameterError, and UnavailableError where the run cannot
 * be asked for.
 */
export function checkHome({ source, runId }: Claim, model: LoggedModel | undefined, asked: AskedRun): void {
  const local = isLocal(source);
  if (!local && pathInStore(source) === undefined) return;
  if (model) {
    if (local) checkLocalSource(source, model.artifactUri);
    else if (!liesIn(source, model.artifactUri)) throw notOf(source, 'model_id');
    return;
  }
  if (asked.failure) throw asked.failure;
  if (runId !== '' && !asked.run) throw notOf(source, 'run_id');
  if (local) checkLocalSource(source, asked.run?.artifactUri);
  else if (!asked.run || !liesIn(source, asked.run.artifactUri)) throw notOf(source, 'run_id');
}
