import { AppError } from '@millrace/platform/errors';
import type { NewlyDoomed } from '../store/doomed.ts';
import { parseEncodedPath } from './artifact-path.ts';
import { objectKey } from './object-key.ts';
import { servedPath } from './served-path.ts';

export type Gone = {
  readonly type: 'run' | 'model' | 'experiment';
  readonly id: string;
  readonly uri: string;
  readonly workspace: string;
};

/** An experiment's runs are purged before it, but what is said of them may come after: theirs is the finer word. */
const AFTER_RUNS_SECONDS = 3_600;

/**
 * Where the artifacts of what is gone lie in our store, and of nothing else: locations can be chosen, and several experiments
 * may share one, so only a directory that has its owner's id in it counts. Undefined for all others.
 */
export function ownDirectory(
  { type, id, uri, workspace }: Gone,
  addressOf: (key: string) => string,
): NewlyDoomed | undefined {
  const raw = servedPath(uri);
  if (raw === undefined) return undefined;
  try {
    const { path } = parseEncodedPath(raw);
    const segments = path.split('/');
    const isOwn = type === 'experiment' ? segments.at(-1) === id : segments.includes(id);
    if (!isOwn) return undefined;
    const key = objectKey(workspace, path);
    const addresses = [uri, addressOf(key), ...(type === 'run' ? [`runs:/${id}`] : [])];
    return { key, workspace, path, addresses, delaySeconds: type === 'experiment' ? AFTER_RUNS_SECONDS : 0 };
  } catch (error) {
    if (error instanceof AppError) return undefined; // a location that no file could be stored at
    throw error;
  }
}
