import type { Result } from '../load/measure.ts';
import type { Summary } from '../load/summary.ts';
import { figure } from './markdown.ts';
import { table } from './table.ts';

/** How many times faster `one` was than `other`, and how many times less CPU it used, workload by workload. */
export function ratioTable(results: readonly Result[], one: string, other: string): string {
  const measured = (workload: string, target: string) => {
    const found = results.find((result) => result.workload === workload && result.target === target);
    return found && 'measured' in found ? found.measured : undefined;
  };
  const workloads = [...new Set(results.map(({ workload }) => workload))];
  const rows = workloads.flatMap((workload) => {
    const [a, b] = [measured(workload, one), measured(workload, other)];
    return a && b ? [[workload, ...comparison(a, b)]] : [];
  });
  return table(
    ['workload', `${one} /s`, `${other} /s`, 'times as fast', `${one} CPU ms`, `${other} CPU ms`, 'times less CPU'],
    rows,
  );
}

function comparison(a: Summary, b: Summary): readonly string[] {
  const [cpuA, cpuB] = [totalCpu(a), totalCpu(b)];
  return [
    figure(a.rate.median),
    figure(b.rate.median),
    ratio(a.rate.median, b.rate.median),
    figure(cpuA),
    figure(cpuB),
    ratio(cpuB, cpuA),
  ];
}

/** Of server and database together, per operation. */
function totalCpu({ serverCpuMs, databaseCpuMs }: Summary): number | null {
  return serverCpuMs === null || databaseCpuMs === null ? null : serverCpuMs + databaseCpuMs;
}

function ratio(a: number | null, b: number | null): string {
  return a === null || b === null || b === 0 ? '–' : `${figure(a / b)} ×`;
}
