import { AppError, UnavailableError } from '@millrace/platform/errors';

/** After another service has failed to answer, for so long nobody waits for it again. */
const REST_MS = 5_000;

/** Gives calls to a service that things can be done without: once it is away, they fail at once for a while. */
export function restAfterFaults(name: string) {
  let restsUntil = 0;
  return async <T>(call: () => Promise<T>): Promise<T> => {
    if (performance.now() < restsUntil) throw new UnavailableError(`The ${name} did not answer just now. Try again.`);
    try {
      return await answered(name, call());
    } catch (error) {
      if (error instanceof AppError && error.isFault) restsUntil = performance.now() + REST_MS;
      throw error;
    }
  };
}

/** What a service says that is too slow, or older than we are while both are being replaced: the caller may try again. */
const AS_GOOD_AS_AWAY: ReadonlySet<string> = new Set(['DEADLINE_EXCEEDED', 'NOT_IMPLEMENTED', 'ENDPOINT_NOT_FOUND']);

/** Throws UnavailableError for a service that is as good as away. */
export async function answered<T>(name: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof AppError) || !AS_GOOD_AS_AWAY.has(error.code)) throw error;
    throw new UnavailableError(`The ${name} did not answer in time. Try again.`, { cause: error });
  }
}
