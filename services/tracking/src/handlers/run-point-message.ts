import type { RunPoint } from '../domain/run-point.ts';

export const runPointMessage = (key: string, { run, timestampMs, step, value }: RunPoint) => ({
  key,
  value,
  timestamp: BigInt(timestampMs),
  step: BigInt(step),
  runId: run,
});
