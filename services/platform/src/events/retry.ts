import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 100;
const MAX_MS = 10_000;

/** Tries again, ever more slowly up to every 10 s, until `work` succeeds or `stopping` is aborted, and gives undefined then; never rejects. */
export async function untilDone<T>(
  work: () => Promise<T>,
  stopping: AbortSignal,
  onFailure: (error: unknown, retryInMs: number) => void,
): Promise<T | undefined> {
  for (let waitMs = FIRST_MS; !stopping.aborted; waitMs = Math.min(waitMs * 2, MAX_MS)) {
    try {
      return await work();
    } catch (error) {
      if (stopping.aborted) return undefined;
      onFailure(error, waitMs);
      await sleep(waitMs, undefined, { signal: stopping }).catch(() => {});
    }
  }
  return undefined;
}
