import type { Context } from '@opentelemetry/api';
import { isOutage, LimitExceededError } from './errors.ts';
import type { Lifecycle } from './lifecycle.ts';
import { type FlushMetrics, flushMetrics, flushSpan, originOf } from './telemetry/flushes.ts';

export type CoalescerOptions<Item, Result> = {
  /** Under which its queue is measured. */
  readonly name: string;
  /** Does the work of several items at once; answers one result for each, in their order. */
  readonly flush: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** What an item weighs, in a unit of the caller's: rows, say. At least 1. */
  readonly weigh: (item: Item) => number;
  /** A flush takes items up to this weight, and at least one. */
  readonly maxFlush: number;
  /** Above this weight of waiting items, new ones are refused with 429. */
  readonly maxQueue: number;
  readonly maxInFlight: number;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly weight: number;
  readonly origin: Context | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Group commit: items that come while others are being written wait together and are written together. Without load an item
 * is written at once; there is no timer. An item whose own fault it is that a flush failed does not fail its neighbours.
 */
export class Coalescer<Item, Result> {
  readonly #options: CoalescerOptions<Item, Result>;
  readonly #queue: Waiting<Item, Result>[] = [];
  #queued = 0;
  #inFlight = 0;
  #armed = false;
  readonly #metrics: FlushMetrics | undefined;

  constructor(options: CoalescerOptions<Item, Result>, lifecycle: Lifecycle) {
    this.#options = options;
    this.#metrics = flushMetrics(options.name, lifecycle, () => ({
      items: this.#queue.length,
      weight: this.#queued,
      inFlight: this.#inFlight,
    }));
  }

  /** Resolves when the item's flush has; rejects with LimitExceededError when too much waits already. */
  submit(item: Item): Promise<Result> {
    const weight = this.#options.weigh(item);
    if (this.#queued + weight > this.#options.maxQueue && this.#queue.length > 0) {
      this.#metrics?.refused();
      return Promise.reject(new LimitExceededError('Too many writes are waiting; try again in a moment'));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, weight, origin: originOf(), resolve, reject });
      this.#queued += weight;
      this.#arm();
    });
  }

  /** Lets what else arrived in this turn of the event loop join. */
  #arm(): void {
    if (this.#armed || this.#inFlight >= this.#options.maxInFlight) return;
    this.#armed = true;
    setImmediate(() => {
      this.#armed = false;
      if (this.#queue.length === 0 || this.#inFlight >= this.#options.maxInFlight) return;
      void this.#write(this.#take());
      if (this.#queue.length > 0) this.#arm();
    });
  }

  #take(): Waiting<Item, Result>[] {
    let weight = 0;
    let count = 0;
    for (const waiting of this.#queue) {
      if (count > 0 && weight + waiting.weight > this.#options.maxFlush) break;
      weight += waiting.weight;
      count++;
    }
    this.#queued -= weight;
    return this.#queue.splice(0, count);
  }

  async #write(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.#inFlight++;
    const startedAt = performance.now();
    try {
      const origins = batch.map(({ origin }) => origin);
      await flushSpan(this.#options.name, origins, () => this.#settle(batch));
    } finally {
      this.#metrics?.flushed(batch.length, weightOf(batch), startedAt);
      this.#inFlight--;
      if (this.#queue.length > 0) this.#arm();
    }
  }

  async #settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#options.flush(batch.map(({ item }) => item));
      for (const [i, { resolve }] of batch.entries()) resolve(results[i] as Result);
    } catch (error) {
      // an outage is everybody's; anything else may be the fault of one, which only writing them one by one can tell
      if (batch.length === 1 || isOutage(error)) for (const { reject } of batch) reject(error);
      else for (const waiting of batch) await this.#settle([waiting]);
    }
  }
}

const weightOf = (batch: readonly { readonly weight: number }[]) => batch.reduce((sum, { weight }) => sum + weight, 0);
