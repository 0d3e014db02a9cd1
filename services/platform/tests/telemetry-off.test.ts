import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { parseEnv, serviceEnv } from '../src/config.ts';
import { telemetryConfig } from '../src/telemetry/config.ts';

const MINIMUM = { AUTH_MODE: 'anonymous', DATABASE_URL: 'postgres://db/millrace' };

describe('telemetry that nobody asked for', () => {
  const configOf = (env: Record<string, string>) => telemetryConfig(parseEnv(serviceEnv, { ...MINIMUM, ...env }));
  const nothing = { traces: null, push: null, scrape: null };

  it('is off', () => {
    expect(configOf({})).toMatchObject(nothing);
  });

  it('is off where OpenTelemetry is disabled, whatever else is set', () => {
    const all = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', METRICS_PORT: '9464' };
    expect(configOf(all)).not.toMatchObject(nothing);
    expect(configOf({ ...all, OTEL_SDK_DISABLED: 'true' })).toMatchObject(nothing);
  });

  it('neither opens a port nor loads what would send it', async () => {
    expect(await run({})).toEqual({ sdk: false, servers: 0 });
    expect(await run({ METRICS_PORT: '0' })).toEqual({ sdk: true, servers: 1 });
  });

  it('is not turned on by settings that cannot be followed', () => {
    expect(() => configOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow(/OTEL_EXPORTER_OTLP_PROTOCOL: must be/);
    expect(() => configOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT/);
  });
});

type Report = { readonly sdk: boolean; readonly servers: number };

/** A process that begins as services do, and tells what it has loaded and opened. */
async function run(env: Record<string, string>): Promise<Report> {
  const main = new URL('./_telemetry-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], { env: { ...MINIMUM, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  return JSON.parse(text) as Report;
}
