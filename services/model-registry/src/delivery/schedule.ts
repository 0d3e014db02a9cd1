import type { Reply } from './post.ts';

/** Seconds after each failure in turn; about 76 hours in all. */
const DELAYS = [1, 5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** After so many failures a delivery no longer holds up later ones of its lane; it is tried once more before each of them. */
export const SET_ASIDE = 4;

/** After so many failures in a row it is the receiver that is ill, not the delivery. */
export const TRIP = 3;

const MAX_CLOSED_MS = 300_000;

export type Verdict =
  | { readonly t: 'delivered' }
  | { readonly t: 'gone' }
  | { readonly t: 'failed'; readonly tries: number; readonly delayMs: number | null };

/** `delayMs` is null when it was the last try. */
export function judge(reply: Reply, tries: number, maxRetries: number | null): Verdict {
  const { status } = reply;
  if (status !== null && status >= 200 && status < 300) return { t: 'delivered' };
  if (status === 410) return { t: 'gone' };
  // one that refuses the event will not take it a second later, and the events behind it need not wait
  const failed = isRefusal(status) ? Math.max(tries + 1, SET_ASIDE) : tries + 1;
  const delay = DELAYS[failed - 1];
  if (delay === undefined || (maxRetries !== null && failed > maxRetries)) {
    return { t: 'failed', tries: failed, delayMs: null };
  }
  return { t: 'failed', tries: failed, delayMs: Math.max(withJitter(delay * 1_000), reply.retryAfterMs ?? 0) };
}

function isRefusal(status: number | null): boolean {
  return status !== null && status >= 300 && status < 500 && ![408, 425, 429].includes(status);
}

/** How long nothing at all is sent to a receiver that has failed so often in a row. */
export function closedMs(failures: number): number {
  return failures < TRIP ? 0 : withJitter(Math.min(5_000 * 2 ** (failures - TRIP), MAX_CLOSED_MS));
}

function withJitter(ms: number): number {
  return Math.round(ms * (1 + Math.random() / 10));
}
