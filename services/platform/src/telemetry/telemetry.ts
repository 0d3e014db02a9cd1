import type { Logger } from '../log.ts';
import type { TelemetryConfig } from './config.ts';
import type { Telemetry } from './started.ts';

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
