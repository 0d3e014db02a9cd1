import { notOf } from './check-source.ts';
import { splitUri } from './source-uri.ts';

export type RunReference = { readonly runId: string; readonly path: string };

/** What a `runs:/<run>/<path>` URI names. Undefined for any other; throws InvalidParameterError for one that names no run here. */
export function parseRunReference(source: string): RunReference | undefined {
  if (splitUri(source).scheme !== 'runs') return undefined;
  const [, runId, path = ''] = /^runs:\/+([^/?#]+)(?:\/([^?#]*))?/i.exec(source) ?? [];
  if (runId === undefined || /^runs:\/\/[^/]/i.test(source)) throw notOf(source, 'run_id');
  return { runId, path };
}
