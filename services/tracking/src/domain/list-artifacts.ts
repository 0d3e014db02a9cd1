import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';

export type FileInfo = { readonly path: string; readonly isDir: boolean; readonly sizeBytes: number | null };

/** Lists one directory of the artifact store, by its object path; a path of nothing, or of a file, lists nothing. */
export type ArtifactLister = (path: string, context: Context) => Promise<readonly FileInfo[]>;

/** The files below an artifact URI, with paths relative to it, sorted. */
export async function listBelow(
  list: ArtifactLister,
  rootUri: string,
  directory: string,
  context: Context,
): Promise<readonly FileInfo[]> {
  const relative = checkPath(directory);
  const root = objectPath(rootUri);
  const files = await list(relative ? `${root}/${relative}` : root, context);
  const prefix = relative ? `${relative}/` : '';
  return files
    .map((file) => ({ ...file, path: prefix + file.path }))
    .sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

/** Only what the artifact proxy holds can be listed: `mlflow-artifacts:/1/…`, whatever host it names. */
function objectPath(uri: string): string {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/?([^?]*)/.exec(uri);
  if (!match) {
    throw new InvalidParameterError(
      `Artifacts at '${uri}' cannot be listed: this server holds only artifacts below 'mlflow-artifacts:/'. ` +
        'List them with a client that reaches their store.',
    );
  }
  return match[1] ?? '';
}

const MAX_ROUNDS = 10;

/** As MLflow: decoded until nothing changes, then no `..`, nothing absolute, no fragment. */
function checkPath(path: string): string {
  let text = path;
  for (let i = 0; i < MAX_ROUNDS; i++) {
    const next = decoded(text);
    if (next === text) break;
    text = next;
  }
  const absolute =
    text.startsWith('/') || /^[A-Za-z]:[\\/]/.test(text) || text.startsWith('\\\\') || /^file:/i.test(text);
  if (absolute || text.includes('#') || text.split(/[\\/]/).includes('..'))
    throw new InvalidParameterError('Invalid path');
  return text.replace(/\/+$/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidParameterError('Invalid path');
  }
}
