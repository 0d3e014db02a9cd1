import type { RecordableHistogram } from 'node:perf_hooks';
import { figure } from '../report/markdown.ts';
import type { Steady } from './steady-load.ts';

/** Milliseconds at 50, 95 and 99 %, and the most. */
export function quantiles(latency: RecordableHistogram): readonly string[] {
  if (latency.count === 0) return ['–', '–', '–', '–'];
  return [50, 95, 99, 100].map((share) => figure(latency.percentile(share) / 1000));
}

/** Milliseconds of the requests themselves, at 50 and 99 %. */
export function requestTimes({ latency }: Steady): readonly string[] {
  return latency.count === 0 ? ['–', '–'] : [50, 99].map((share) => figure(latency.percentile(share) / 1000));
}

export function failed({ failures }: Steady): string {
  return [...failures].map(([kind, count]) => `${count} × ${kind}`).join(', ') || '0';
}
