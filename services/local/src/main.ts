import { ConfigError } from '@millrace/platform/config';
import { createLog } from '@millrace/platform/log';
import { untilSignal } from '@millrace/platform/signals';
import { startTelemetry } from '@millrace/platform/telemetry/telemetry';
import { banner } from './banner.ts';
import { startLocal } from './local.ts';
import { readOptions } from './options.ts';
import { checkConfig } from './services-config.ts';

const FORCE_EXIT_MS = 30_000;

try {
  const options = readOptions(process.argv, process.env);
  const { logLevel, telemetry } = checkConfig(options);
  const log = createLog('millrace', logLevel);
  await using collected = await startTelemetry(telemetry, 'millrace', log);
  const local = await startLocal(options, log);
  process.stdout.write(banner(local, collected.metricsPort));
  const reason = await Promise.race([untilSignal().then(() => null), local.lost]);
  process.stdout.write(reason === null ? '\nStopping …\n' : `\n${reason}\nStopping; start it again to continue.\n`);
  if (reason !== null) process.exitCode = 1;
  setTimeout(() => process.exit(1), FORCE_EXIT_MS).unref();
  await local.close();
  process.stdout.write('Stopped. Everything is kept for the next start.\n');
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // what a person can put right is one sentence; anything else needs its stack
  process.stderr.write(`${error instanceof ConfigError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
