import { setTimeout } from 'node:timers/promises';
import express, { type Router } from 'express';
import type { Logger } from 'pino';
import { otherVerbs } from './other-verbs.ts';

/** Each resolves when what it asks is usable. The signal ends when the answer comes too late to matter. */
export type Checks = Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>>;

export type HealthOptions = {
  readonly version: string;
  readonly checks: Checks;
  readonly stopping: AbortSignal;
  readonly log: Logger;
  readonly checkTimeoutMs?: number;
};

/** `/livez` says the process turns, `/readyz` that it can serve; `/health` and `/version` are MLflow's. */
export function healthRouter({ version, checks, stopping, log, checkTimeoutMs = 2_000 }: HealthOptions): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const failedChecks = onceAtATime(() => failures(checks, checkTimeoutMs, log));
  const get = (path: string, handler: express.RequestHandler) => router.route(path).get(handler).all(otherVerbs('GET'));

  get('/health', (_req, res) => void res.type('html').send('OK'));
  get('/version', (_req, res) => void res.type('text').send(version));
  get('/livez', (_req, res) => void res.type('text').send('OK'));
  get('/readyz', async (_req, res) => {
    const failed = stopping.aborted ? ['stopping'] : await failedChecks();
    res.status(failed.length === 0 ? 200 : 503).json({ ready: failed.length === 0, failed });
  });
  return router;
}

/** Probes that come while an answer is being found share it, so that a hanging dependency is asked once. */
function onceAtATime<T>(find: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= find().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Names only: the reasons are nobody's business outside, and are logged. */
async function failures(checks: Checks, timeoutMs: number, log: Logger): Promise<string[]> {
  const failed = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await inTime(check, timeoutMs);
        return [];
      } catch (err) {
        log.warn({ err, check: name }, 'not ready');
        return [name];
      }
    }),
  );
  return failed.flat();
}

async function inTime(check: Checks[string], timeoutMs: number): Promise<void> {
  const over = new AbortController();
  const late = setTimeout(timeoutMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`no answer within ${timeoutMs} ms`);
  });
  late.catch(() => {}); // most often it is only called off
  try {
    await Promise.race([check(over.signal), late]);
  } finally {
    over.abort();
  }
}
