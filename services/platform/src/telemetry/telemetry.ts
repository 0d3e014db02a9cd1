import type { Logger } from '../log.ts';
import type { TelemetryConfig } from './config.ts';

/** Disposing of it sends what has not been sent yet. */
export type Telemetry = AsyncDisposable & {
  /** Where Prometheus finds metrics, if it does. */
  readonly metricsPort: number | undefined;
};

const NONE: Telemetry = { metricsPort: undefined, async [Symbol.asyncDispose]() {} };

/**
 * To be called once in a process, before its services start. `name` is the process's own. Without anybody to tell, OpenTelemetry is
 * not even loaded.
 */
export async function startTelemetry(config: TelemetryConfig, name: string, log: Logger): Promise<Telemetry> {
  if (!config.traces && !config.push && !config.scrape) return NONE;
  const { startSdk } = await import('./sdk.ts');
  return startSdk(config, name, log);
}
