import { cpus, totalmem } from 'node:os';
import type { Measured } from './load.ts';

/** A table, and under it the machine it was measured on. */
export function markdown(results: readonly (Measured & { readonly name: string })[], clients: number): string {
  const rows = results.map(({ name, rate, latency, failed }) => {
    const spread = `${Math.round(rate.min)}–${Math.round(rate.max)}`;
    return `| ${name} | ${Math.round(rate.median)} | ${spread} | ${latency.p50} | ${latency.p99} | ${failed} |`;
  });
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    '| workload | requests/s | spread | p50 ms | p99 ms | failed |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
    `${clients} clients; client, server and database share ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory}; Node ${process.version}.`,
    '',
  ].join('\n');
}
