import { isNativeError } from 'node:util/types';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError, InvalidParameterError, UnavailableError } from '../errors.ts';
import { NoSuchUpload, RangeNotSatisfiable } from './object-store.ts';

/** How S3, MinIO and gateways to file systems say that a key cannot be stored. */
const BAD_KEY = new Set([
  'KeyTooLongError',
  'InvalidObjectName',
  'XMinioInvalidObjectName',
  'XMinioParentIsObject',
  'ObjectParentIsFile',
]);

export const isNoSuchObject = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound');

/**
 * Whatever is not the caller's doing is an outage that callers may retry: also a denied or mistaken access, which is ours to
 * put right. Errors of the body that was to be stored pass unchanged.
 */
export function s3Error(error: unknown): unknown {
  if (
    error instanceof AppError ||
    error instanceof NoSuchUpload ||
    !isNativeError(error) ||
    error.name === 'AbortError'
  )
    return error;
  if (error.name === 'InvalidRange') return new RangeNotSatisfiable(error.message, { cause: error });
  if (BAD_KEY.has(error.name)) return new InvalidParameterError('Invalid path', { cause: error });
  return new UnavailableError('The artifact store cannot be used at the moment', { cause: error });
}

/** Runs an S3 call with errors callers can react to. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Error(error);
  }
}
