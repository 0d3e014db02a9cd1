/**
 * Starts docker-compose.yml on this machine's container engine, from nothing, sends MLflow's own client through it, and takes
 * everything away again:  npm run compose:test
 * Images that cannot be pulled are replaced by stand-ins, and named.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWithMlflow } from '@millrace/platform/testing/python';
import { freePort } from '../programs/free-port.ts';
import { runJourney, runPython } from '../tests/_journey.ts';
import { consumeTransitions } from '../tests/_transition-consumer.ts';
import { docker, dockerAnswer, engineFault } from './engine.ts';
import { standIn } from './stand-ins.ts';

const QUICKSTART = fileURLToPath(new URL('../../docs/quickstart/quickstart.py', import.meta.url));
const SERVICES = ['tracking', 'artifact-proxy', 'model-registry'];
const OURS = /^millrace\//;

const fault = engineFault();
if (fault !== undefined) {
  process.stderr.write(`The compose file cannot be tried on this machine: ${fault}.\n`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'millrace-compose-'));
const [port, kafkaPort] = [await freePort(), await freePort()];
const url = `http://127.0.0.1:${port}`;
const files = [...compose(['--file', 'docker-compose.yml']), '--env-file', writeEnv()];
const override = await replaceMissing();
const all = [...files.slice(0, -2), '--file', override, ...files.slice(-2)];
try {
  const started = performance.now();
  docker([...all, 'up', '--detach', '--wait', '--no-build']);
  print(`ready on ${url} after ${seconds(started)}`);
  for (const service of SERVICES) print(`${service}: ${startMs(service)} ms from its container's start until ready`);
  const python = await pythonWithMlflow('newest');
  print(await runPython(python, QUICKSTART, [url]));
  await journey(python);
  docker([...all, 'ps']);
  docker(['stats', '--no-stream', '--format', 'table {{.Name}}\t{{.MemUsage}}\t{{.CPUPerc}}']);
} catch (error) {
  docker([...all, 'ps', '--all']);
  docker([...all, 'logs', '--tail', '20']);
  throw error;
} finally {
  docker([...all, 'down', '--volumes', '--timeout', '30']);
  rmSync(folder, { recursive: true });
}

function compose(args: readonly string[]): readonly string[] {
  return ['compose', '--project-name', 'millrace-test', ...args];
}

/** What `.env.example` asks for. */
function writeEnv(): string {
  const file = join(folder, 'env');
  const values = {
    POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
    S3_SECRET_ACCESS_KEY: randomBytes(24).toString('hex'),
    WEBHOOK_SECRET_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    MILLRACE_PORT: port,
    KAFKA_PORT: kafkaPort,
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''));
  return file;
}

/** A second compose file, with other names for the images that cannot be had here. */
async function replaceMissing(): Promise<string> {
  const config = JSON.parse(dockerAnswer([...files, 'config', '--format', 'json'])) as {
    readonly services: Readonly<Record<string, { readonly image: string }>>;
  };
  const replaced: Record<string, { readonly image: string }> = {};
  for (const [service, { image }] of Object.entries(config.services)) {
    if (OURS.test(image)) continue;
    const other = await standIn(service, image);
    if (other === undefined) continue;
    replaced[service] = { image: other };
    print(`${image} cannot be pulled here: ${other} stands in for it`);
  }
  const file = join(folder, 'stand-ins.json');
  writeFileSync(file, JSON.stringify({ services: replaced }));
  return file;
}

async function journey(python: string): Promise<void> {
  const consumer = await consumeTransitions([`127.0.0.1:${kafkaPort}`], 'millrace.registry.events');
  try {
    const lastLines = () => dockerAnswer([...all, 'logs', '--tail', '20', ...SERVICES]);
    const started = performance.now();
    const transitions = await runJourney(python, { url, lastLines });
    const last = transitions.at(-1);
    const seen = last
      ? await consumer.ofModel(last.model, ({ version, to }) => version === last.version && to === last.to)
      : [];
    if (seen.length === 0) throw new Error('Kafka has none of the stage transitions');
    print(`the client's journey: ${transitions.length} stage transitions in ${seconds(started)}, and Kafka has them`);
  } finally {
    await consumer.stop();
  }
}

/** By the engine's clock and the service's, which are the same. */
function startMs(service: string): number {
  const started = dockerAnswer([
    'inspect',
    '--format',
    '{{.State.StartedAt}}',
    dockerAnswer([...all, 'ps', '--quiet', service]),
  ]);
  const lines = dockerAnswer([...all, 'logs', '--no-log-prefix', service]).split('\n');
  const ready = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly msg?: string; readonly time?: number })
    .find(({ msg }) => msg === `${service} is ready`);
  return Math.round((ready?.time ?? Number.NaN) - Date.parse(started));
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
