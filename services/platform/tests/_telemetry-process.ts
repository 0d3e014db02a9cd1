import { registerHooks } from 'node:module';

/** Begins as the process of a service does, and prints whether OpenTelemetry's SDK was loaded and how many ports are open. */
let sdk = false;
registerHooks({
  resolve(specifier, context, next) {
    sdk ||= /^@opentelemetry\/(sdk|exporter|resources)/.test(specifier);
    return next(specifier, context);
  },
});
const { parseEnv, serviceConfig, serviceEnv } = await import('../src/config.ts');
const { createLog } = await import('../src/log.ts');
const { startTelemetry } = await import('../src/telemetry/telemetry.ts');
await import('../src/serve-surface.ts');

const { telemetry } = serviceConfig(parseEnv(serviceEnv, process.env));
await using _ = await startTelemetry(telemetry, 'test', createLog('test', 'silent'));
const servers = process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length;
process.stdout.write(JSON.stringify({ sdk, servers }));
