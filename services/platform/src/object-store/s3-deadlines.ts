/** Calls without a body end in time, whatever trickles in; bodies are watched while they move. */
export const DEADLINES = {
  short: () => ({ abortSignal: AbortSignal.timeout(60_000) }),
  /** A store may take minutes to put thousands of parts together. */
  long: () => ({ abortSignal: AbortSignal.timeout(600_000), requestTimeout: 600_000 }),
};
