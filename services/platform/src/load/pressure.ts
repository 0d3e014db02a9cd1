import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import type { Work } from './work.ts';

const TICK_MS = 100;
const LOOK_EVERY_MS = 500;
/** Two seconds on end, since one long task is no overload. */
const LOOKS = 4;

/** From which delay of the event loop on what is refused: whoever would wait that long is better told to come again. */
const REFUSED_FROM_MS: Readonly<Record<Work, number>> = { search: 500, read: 1_000, write: 3_000 };
/** From here on searches come one at a time, so that they take turns with what has to be quick. */
const BUSY = { delayMs: 200, utilization: 0.95 } as const;

export type Pressure = {
  /** Whether searches should come one at a time. */
  readonly busy: () => boolean;
  /** Whether such work should be refused altogether. */
  readonly refuses: (work: Work) => boolean;
};

type Look = { readonly delayMs: number; readonly utilization: number };

/** Watches how late the event loop is: what had to be done before is what a request waits for, whoever it is from. */
export function watchPressure(lifecycle: Lifecycle, log: Logger): Pressure {
  const looks: Look[] = [];
  let state = '';
  const timer = watchEventLoop((look) => {
    looks.push(look);
    if (looks.length > LOOKS) looks.shift();
    const next = inWords(looks);
    if (next !== state) log.warn(look, next || 'the event loop keeps up again');
    state = next;
  });
  lifecycle.onClose('pressure', () => clearInterval(timer));
  return { busy: () => isBusy(looks), refuses: (work) => refuses(looks, work) };
}

/** Not Node's histogram of delays: it says nothing of a loop whose every turn takes longer than a look. */
function watchEventLoop(report: (look: Look) => void): NodeJS.Timeout {
  let [last, lookedAt, delayMs] = [performance.now(), performance.now(), 0];
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  const tick = () => {
    const now = performance.now();
    delayMs = Math.max(delayMs, now - last - TICK_MS);
    last = now;
    if (now - lookedAt < LOOK_EVERY_MS) return;
    const after = performance.eventLoopUtilization();
    report({ delayMs: Math.round(delayMs), utilization: performance.eventLoopUtilization(after, before).utilization });
    [before, lookedAt, delayMs] = [after, now, 0];
  };
  return setInterval(tick, TICK_MS).unref();
}

function refuses(looks: readonly Look[], work: Work): boolean {
  return looks.length === LOOKS && looks.every(({ delayMs }) => delayMs > REFUSED_FROM_MS[work]);
}

function isBusy(looks: readonly Look[]): boolean {
  return (
    looks.length === LOOKS &&
    looks.every(({ delayMs, utilization }) => delayMs > BUSY.delayMs || utilization > BUSY.utilization)
  );
}

/** Saturation alone is a busy server, and no news. */
function inWords(looks: readonly Look[]): string {
  if (refuses(looks, 'write')) return 'the event loop is far behind: all requests are refused';
  if (refuses(looks, 'read')) return 'the event loop is behind: reads and searches are refused';
  return refuses(looks, 'search') ? 'the event loop is behind: searches are refused' : '';
}
