import type { Queryable } from '../postgres.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** How far another clock is ahead of ours, and how wrong that may be because of the way. */
export type Skew = { readonly aheadMs: number; readonly withinMs: number };

type Limits = { readonly warnMs: number; readonly failMs: number; readonly why: string };

export async function databaseClock(db: Queryable): Promise<Skew> {
  const { answer, at, withinMs } = await measured(() =>
    db.query<{ now: number }>('select extract(epoch from clock_timestamp())::float8 * 1000 as now'),
  );
  return { aheadMs: (answer.rows[0]?.now ?? at) - at, withinMs };
}

/** By the `Date` of an answer, whatever it says; undefined where there is none. */
export async function httpClock(url: string, signal: AbortSignal): Promise<Skew | undefined> {
  const { answer, at, withinMs } = await measured(() => fetch(url, { method: 'HEAD', signal, redirect: 'manual' }));
  const date = Date.parse(answer.headers.get('date') ?? '');
  // it comes in whole seconds, rounded down
  return Number.isNaN(date) ? undefined : { aheadMs: date + 500 - at, withinMs: withinMs + 500 };
}

export function clockFinding(part: string, { aheadMs, withinMs }: Skew, { warnMs, failMs, why }: Limits): Finding {
  const apart = Math.max(0, Math.abs(aheadMs) - withinMs);
  const shown = `${(Math.abs(aheadMs) / 1000).toFixed(1)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} ours`;
  if (apart < warnMs) return ok(part, `agrees with ours within ${((apart + withinMs) / 1000).toFixed(1)} s`);
  const fix = 'Synchronise the clocks of both machines (chrony, or the host of the virtual machine).';
  return (apart < failMs ? warning : failed)(part, `is ${shown}: ${why}`, fix);
}

/** The moment the answer speaks of lies somewhere between asking and getting it. */
async function measured<T>(ask: () => Promise<T>): Promise<{ answer: T; at: number; withinMs: number }> {
  const before = Date.now();
  const answer = await ask();
  const withinMs = (Date.now() - before) / 2;
  return { answer, at: before + withinMs, withinMs };
}
