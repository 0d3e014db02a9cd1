import { ConfigError, type ServiceConfig } from './config.ts';
import { keepHeapSmall } from './heap.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createLog, type Logger } from './log.ts';
import { untilSignal } from './signals.ts';
import { startTelemetry } from './telemetry/telemetry.ts';

type Started = { readonly lifecycle: Lifecycle; readonly httpPort: number | undefined; readonly grpcPort: number };
type Settings = Pick<ServiceConfig, 'logLevel' | 'shutdownGraceMs' | 'shutdownDrainMs' | 'telemetry'>;
type Runnable<C> = {
  readonly name: string;
  readonly loadConfig: (env: NodeJS.ProcessEnv) => C;
  readonly start: (config: C, log: Logger) => Promise<Started>;
};

/** For what is closed after the requests: connections to others, and background work. */
const CLOSING_MS = 5_000;

/** The whole life of a service process: starts it, waits for SIGTERM or SIGINT, and closes what was opened. */
export async function runService<C extends Settings>(
  { name, loadConfig, start }: Runnable<C>,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  let log = createLog(name, 'info');
  keepHeapSmall();
  try {
    const config = loadConfig(env);
    log = createLog(name, config.logLevel);
    await using telemetry = await startTelemetry(config.telemetry, name, log);
    const { lifecycle, httpPort, grpcPort } = await start(config, log);
    log.info({ httpPort, grpcPort, metricsPort: telemetry.metricsPort }, `${name} is ready`);
    const signal = await untilSignal();
    log.info({ signal }, `${name} is stopping`);
    const withinMs = Math.max(config.shutdownDrainMs, config.shutdownGraceMs) + CLOSING_MS;
    setTimeout(() => process.exit(1), withinMs).unref();
    await lifecycle.close();
  } catch (error) {
    if (error instanceof ConfigError) log.fatal(error.message);
    else log.fatal({ err: error }, `${name} failed`);
    process.exitCode = 1;
  }
}
