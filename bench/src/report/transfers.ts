import type { Result } from '../load/measure.ts';
import { figure } from './markdown.ts';
import { table } from './table.ts';

/** What is said of files beside the rest: how fast their bytes went, and how much memory that took. Empty without any. */
export function transferTable(results: readonly Result[]): string {
  const rows = results.flatMap((result) => {
    if (!('measured' in result) || !result.moves) return [];
    const { rate, serverRiseMb, serverCpuMs } = result.measured;
    const megabytes = (result.moves * rate.median) / 1e6;
    const perGigabyte = serverCpuMs === null ? null : (serverCpuMs / result.moves) * 1e9;
    return [[result.workload, result.target, figure(megabytes), figure(perGigabyte), figure(serverRiseMb)]];
  });
  const head = ['workload', 'target', 'MB/s', 'CPU ms of the server per GB', 'MB of memory more'];
  return rows.length === 0 ? '' : table(head, rows);
}
