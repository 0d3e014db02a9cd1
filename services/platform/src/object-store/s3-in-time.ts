import { UnavailableError } from '../errors.ts';
import type { S3Location } from './s3-location.ts';

type Options = { readonly abortSignal: AbortSignal; readonly requestTimeout: number };

/** A store may take minutes to put thousands of parts together. */
export const COMPLETING = 10;

/** For calls without a body, which end in time whatever trickles in: bodies are watched by whoever moves them. */
export async function inTime<T>(
  { deadlineMs }: Pick<S3Location, 'deadlineMs'>,
  call: (options: Options) => Promise<T>,
  times = 1,
): Promise<T> {
  const ms = deadlineMs * times;
  const abortSignal = AbortSignal.timeout(ms);
  try {
    return await call({ abortSignal, requestTimeout: ms });
  } catch (error) {
    if (!abortSignal.aborted) throw error;
    throw new UnavailableError('The artifact store did not answer in time', { cause: error });
  }
}
