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

/** A service that is too slow is as good as away: the caller may try again. */
export async function answered<T>(name: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DEADLINE_EXCEEDED') throw error;
    throw new UnavailableError(`The ${name} did not answer in time. Try again.`, { cause: error });
  }
}
