import { describe, expect, it } from '@jest/globals';
import { Coalescer, type CoalescerOptions } from '../src/coalescer.ts';
import { LimitExceededError, UnavailableError } from '../src/errors.ts';
import { Lifecycle } from '../src/lifecycle.ts';

describe('writes that come together', () => {
  /** Flushes that end when the test says so. */
  const gated = (limits: { maxFlush?: number; maxQueue?: number; maxInFlight?: number } = {}) => {
    const flushes: { items: readonly number[]; done: () => void; fail: (error: Error) => void }[] = [];
    const options: CoalescerOptions<number, string> = {
      name: 'test',
      weigh: (item) => Math.max(item, 1),
      maxFlush: 10,
      maxQueue: 20,
      maxInFlight: 1,
      ...limits,
      flush: (items) =>
        new Promise((resolve, reject) => {
          flushes.push({ items, done: () => resolve(items.map((item) => `wrote ${item}`)), fail: reject });
        }),
    };
    const coalescer = new Coalescer(options, new Lifecycle());
    const flush = async (number: number) => {
      while (flushes.length <= number) await new Promise((done) => setImmediate(done));
      return flushes[number] as (typeof flushes)[number];
    };
    return { coalescer, flush, flushes };
  };

  it('share a flush while another is under way, and each gets its own result', async () => {
    const { coalescer, flush, flushes } = gated();
    const first = coalescer.submit(1);
    const one = await flush(0);
    const others = [coalescer.submit(2), coalescer.submit(3)];
    expect(flushes).toHaveLength(1);
    one.done();
    expect(await first).toBe('wrote 1');
    const two = await flush(1);
    expect(two.items).toEqual([2, 3]);
    two.done();
    expect(await Promise.all(others)).toEqual(['wrote 2', 'wrote 3']);
  });

  it('are split where a flush would weigh too much, and one that weighs more than that goes alone', async () => {
    const { coalescer, flush } = gated({ maxQueue: 100 });
    const all = [4, 5, 6, 30, 1].map((item) => coalescer.submit(item));
    const seen: (readonly number[])[] = [];
    for (let i = 0; i < 4; i++) {
      const { items, done } = await flush(i);
      seen.push(items);
      done();
    }
    expect(seen).toEqual([[4, 5], [6], [30], [1]]);
    await Promise.all(all);
  });

  it('are refused with 429 when too much waits, and taken again when there is room', async () => {
    const { coalescer, flush } = gated({ maxQueue: 8 });
    const writing = coalescer.submit(1);
    const one = await flush(0);
    const waiting = coalescer.submit(8);
    const refused = coalescer.submit(1);
    await expect(refused).rejects.toBeInstanceOf(LimitExceededError);
    await expect(refused).rejects.toMatchObject({ httpStatus: 429, retryAfterSeconds: 1 });
    one.done();
    (await flush(1)).done();
    const later = coalescer.submit(1);
    (await flush(2)).done();
    expect(await Promise.all([writing, waiting, later])).toEqual(['wrote 1', 'wrote 8', 'wrote 1']);
  });

  it('do not suffer from one among them that cannot be written', async () => {
    const options: CoalescerOptions<number, number> = {
      name: 'test',
      weigh: () => 1,
      maxFlush: 10,
      maxQueue: 10,
      maxInFlight: 2,
      async flush(items) {
        if (items.includes(13)) throw new Error('13 is poison');
        return items;
      },
    };
    const coalescer = new Coalescer(options, new Lifecycle());
    const results = await Promise.allSettled([1, 13, 2].map((item) => coalescer.submit(item)));
    expect(results).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { message: '13 is poison' } },
      { status: 'fulfilled', value: 2 },
    ]);
  });

  it('fail together when nothing can be written at all, without trying one by one', async () => {
    const { coalescer, flush, flushes } = gated();
    const all = Promise.allSettled([1, 2, 3].map((item) => coalescer.submit(item)));
    (await flush(0)).fail(Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' }));
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(flushes).toHaveLength(1);
    const again = coalescer.submit(4);
    (await flush(1)).fail(new UnavailableError('still down'));
    await expect(again).rejects.toMatchObject({ httpStatus: 503 });
  });
});
