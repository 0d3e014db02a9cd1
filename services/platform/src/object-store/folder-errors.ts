import { isNativeError } from 'node:util/types';
import { InvalidParameterError, UnavailableError } from '../errors.ts';

const MISSING = new Set(['ENOENT', 'ENOTDIR']);
const IN_THE_WAY = new Set(['ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY']);

export const errorCode = (error: unknown): string | undefined =>
  isNativeError(error) && 'code' in error ? String(error.code) : undefined;

/** A file on the way counts as missing too: nothing can lie below it. */
export const isMissing = (error: unknown): boolean => MISSING.has(errorCode(error) ?? '');

/** Tells a key that cannot be from a disk that cannot now; what is no file system error passes unchanged. */
export function folderError(error: unknown): unknown {
  const code = errorCode(error);
  if (!isNativeError(error) || code === undefined || !('syscall' in error)) return error;
  if (IN_THE_WAY.has(code))
    return new InvalidParameterError('Invalid path: a file and a directory cannot share a name');
  if (code === 'ENAMETOOLONG') return new InvalidParameterError('Invalid path: a name is too long');
  if (code === 'ELOOP') return new InvalidParameterError('Invalid path');
  return new UnavailableError('The artifact store cannot be used at the moment', { cause: error });
}

/** Runs a file system operation with errors callers can react to. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw folderError(error);
  }
}
