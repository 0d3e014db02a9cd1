import { ConfigError } from '../config.ts';
import { errorCode } from './error-code.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a part of the path is not a folder',
};

/** Runs `work` on the data folder; a refusal of the file system becomes a sentence naming the folder. */
export function onFolder<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = REASONS[errorCode(error) ?? ''];
    if (reason === undefined) throw error;
    throw new ConfigError(`Cannot write to ${folder}: ${reason}; choose another data folder with --data.`, {
      cause: error,
    });
  }
}
