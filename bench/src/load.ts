import autocannon from 'autocannon';
import type { Next, Workload } from './workloads.ts';

export type Load = { readonly clients: number; readonly seconds: number; readonly rounds: number };

export type Measured = {
  /** Answered with 2xx per second: median, least and most of the rounds. */
  readonly rate: { readonly median: number; readonly min: number; readonly max: number };
  /** Milliseconds, of the median round. */
  readonly latency: { readonly p50: number; readonly p99: number };
  /** Not answered, or not with 2xx, in all rounds. */
  readonly failed: number;
};

const WARM_UP_SECONDS = 2;

/** A closed loop: every client sends its next request when the last one is answered. */
export async function measure(url: string, workload: Workload, { clients, seconds, rounds }: Load): Promise<Measured> {
  const streams = await Promise.all(Array.from({ length: clients }, () => workload(url)));
  await round(url, streams, WARM_UP_SECONDS);
  const results = [];
  for (let i = 0; i < rounds; i++) results.push(await round(url, streams, seconds));
  const sorted = results.sort((a, b) => a.rate - b.rate);
  const [middle, first, last] = [sorted[Math.floor(rounds / 2)], sorted[0], sorted.at(-1)];
  if (!middle || !first || !last) throw new Error('at least one round is needed');
  return {
    rate: { median: middle.rate, min: first.rate, max: last.rate },
    latency: { p50: middle.p50, p99: middle.p99 },
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
  };
}

async function round(url: string, streams: readonly Next[], seconds: number) {
  const waiting = [...streams];
  const result = await autocannon({
    url,
    connections: streams.length,
    duration: seconds,
    setupClient(client) {
      const next = waiting.pop();
      if (!next) throw new Error('more connections than clients');
      const prepare = () => {
        const { path, body } = next();
        client.setRequest({
          method: 'POST',
          path,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      };
      prepare();
      client.on('response', prepare);
    },
  });
  return {
    rate: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}
