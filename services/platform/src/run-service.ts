import { ConfigError } from './config.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createLog, type Logger } from './log.ts';
import { untilSignal } from './signals.ts';

type Started = { readonly lifecycle: Lifecycle; readonly httpPort: number | undefined; readonly grpcPort: number };
type Runnable<C> = {
  readonly name: string;
  readonly loadConfig: (env: NodeJS.ProcessEnv) => C;
  readonly start: (config: C, log: Logger) => Promise<Started>;
};

/** The whole life of a service process: starts it, waits for SIGTERM or SIGINT, and closes what was opened. */
export async function runService<C extends { readonly logLevel: string; readonly shutdownGraceMs: number }>(
  { name, loadConfig, start }: Runnable<C>,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  let log = createLog(name, 'info');
  try {
    const config = loadConfig(env);
    log = createLog(name, config.logLevel);
    const { lifecycle, httpPort, grpcPort } = await start(config, log);
    log.info({ httpPort, grpcPort }, `${name} is ready`);
    const signal = await untilSignal();
    log.info({ signal }, `${name} is stopping`);
    setTimeout(() => process.exit(1), config.shutdownGraceMs).unref();
    await lifecycle.close();
  } catch (error) {
    if (error instanceof ConfigError) log.fatal(error.message);
    else log.fatal({ err: error }, `${name} failed`);
    process.exitCode = 1;
  }
}
