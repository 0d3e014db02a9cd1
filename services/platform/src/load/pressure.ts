import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import type { Work } from './work.ts';

const TICK_MS = 50;
const LOOK_EVERY_MS = 500;
/** Two seconds on end, since one long task is no overload. */
const LOOKS = 4;

/** From which delay of the event loop on what is refused: whoever would wait that long is better told to come again. */
const REFUSED_FROM_MS: Readonly<Record<Work, number>> = { search: 500, read: 1_000, write: 3_000 };
/** A look in which something came later than this has half as many searches from then on … */
const LATE_MS = 60;
/** … and as many looks as this, none of them late or saturated, have one more. */
const CALM_LOOKS = 4;
const SATURATED = 0.95;

export type Pressure = {
  /** How many searches should run at a time, of at most so many. */
  readonly searches: (most: number) => number;
  /** Whether such work should be refused altogether. */
  readonly refuses: (work: Work) => boolean;
};

type Look = { readonly delayMs: number; readonly utilization: number };

/** Watches how late the event loop is: what had to be done before is what a request waits for, whoever it is from. */
export function watchPressure(lifecycle: Lifecycle, log: Logger): Pressure {
  const looks: Look[] = [];
  const searches = new Allowance();
  let state = '';
  const timer = watchEventLoop((look) => {
    looks.push(look);
    if (looks.length > LOOKS) looks.shift();
    searches.adjust(look);
    const next = inWords(looks);
    if (next !== state) log.warn(look, next || 'the event loop keeps up again');
    state = next;
  });
  lifecycle.onClose('pressure', () => clearInterval(timer));
  return { searches: (most) => searches.of(most), refuses: (work) => refuses(looks, work) };
}

/** Falls quickly and grows slowly, as TCP's window does, so that it comes to rest where the event loop just keeps up. */
class Allowance {
  #limit = Number.POSITIVE_INFINITY;
  #most = 1;
  #calm = 0;

  of(most: number): number {
    this.#most = most;
    return Math.min(most, this.#limit);
  }

  adjust({ delayMs, utilization }: Look): void {
    if (delayMs > LATE_MS) {
      this.#limit = Math.max(1, Math.floor(Math.min(this.#limit, this.#most) / 2));
      this.#calm = 0;
    } else if (utilization > SATURATED) this.#calm = 0;
    else if (++this.#calm >= CALM_LOOKS) {
      this.#limit++;
      this.#calm = 0;
    }
  }
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

function inWords(looks: readonly Look[]): string {
  if (refuses(looks, 'write')) return 'the event loop is far behind: all requests are refused';
  if (refuses(looks, 'read')) return 'the event loop is behind: reads and searches are refused';
  return refuses(looks, 'search') ? 'the event loop is behind: searches are refused' : '';
}
