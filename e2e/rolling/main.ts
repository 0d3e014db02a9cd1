/**
 * Restarts every process of every service in turn, under the load of MLflow's own client, and says what failed:
 *   npm run rolling -- --clients 20 --seconds 60
 * The client retries nothing unless told how often (`--retries 7` is what MLflow does by itself).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type MlflowClient, pythonWithMlflow } from '@millrace/platform/testing/python';
import { baseEnvironment } from '../programs/program.ts';
import { startNginx } from './nginx.ts';
import { startRealParts } from './real-parts.ts';
import { type Replica, startReplicas } from './replicas.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
    retries: { type: 'string', default: '0' },
    'drain-ms': { type: 'string', default: '5000' },
    client: { type: 'string', default: 'newest' },
  },
});

type Load = {
  readonly calls: number;
  readonly trainings: number;
  readonly slowestSeconds: number;
  readonly failures: readonly string[];
  readonly missing: readonly string[];
};

/** nginx counts in whole seconds: for two of them it may pass over a process that is back. */
const BETWEEN_MS = 3_000;

const python = await pythonWithMlflow(values.client as MlflowClient);
const { folder, parts, from, stop } = await startRealParts();
const stops = [stop];
try {
  const replicas = await startReplicas(parts, 2, Number(values['drain-ms']));
  stops.unshift(async () => void (await Promise.all(replicas.map((replica) => replica.stop()))));
  const nginx = await startNginx(folder, replicas);
  stops.unshift(nginx.stop);
  print(`Two processes of each service behind nginx, on ${from.join(', ')}`);

  const clients = startLoad(nginx.url);
  await Promise.race([untilCalls(nginx.answers), clients.ended]);
  const restarts = await restartInTurn(replicas);
  const load = await clients.finish();
  const answers = await nginx.answers();
  print(`${restarts} restarts under the load of ${values.clients} clients`);
  print(`${load.calls} calls in ${load.trainings} trainings, the slowest took ${load.slowestSeconds.toFixed(1)} s`);
  print(`${answers.all} requests, ${answers.passedOver} passed over a process that was away`);
  report('answers of nginx with 5xx', answers.serverErrors);
  report('complaints of nginx', await nginx.complaints());
  report('failed calls', load.failures);
  report('acknowledged and not there', load.missing);
  const faults = load.failures.length + load.missing.length + answers.serverErrors.length;
  process.exitCode = faults === 0 ? 0 : 1;
} finally {
  for (const each of stops) await each();
}

/** MLflow's clients at work, until they are told to finish. */
function startLoad(url: string) {
  const script = fileURLToPath(new URL('load.py', import.meta.url));
  const env = { ...baseEnvironment(), PYTHONDONTWRITEBYTECODE: '1', MLFLOW_HTTP_REQUEST_MAX_RETRIES: values.retries };
  const child = spawn(python, [script, url, values.clients], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const printed = text(child.stdout);
  return {
    ended: once(child, 'exit').then(([code]) => Promise.reject(new Error(`the clients ended with code ${code}`))),
    async finish(): Promise<Load> {
      child.stdin.end();
      return JSON.parse((await printed).trimEnd().split('\n').at(-1) ?? '') as Load;
    },
  };
}

/** The client takes a while to load; a restart before that would prove nothing. */
async function untilCalls(answers: () => Promise<{ readonly all: number }>): Promise<void> {
  const before = (await answers()).all;
  while ((await answers()).all <= before + 100) await sleep(200);
}

/** Each at least once, and round again until the time is over. Answers how many restarts there were. */
async function restartInTurn(replicas: readonly Replica[]): Promise<number> {
  const until = performance.now() + Number(values.seconds) * 1_000;
  let restarts = 0;
  while (restarts < replicas.length || performance.now() < until) {
    const replica = replicas[restarts++ % replicas.length];
    if (!replica) break;
    const { code, stopMs, startMs } = await replica.restart();
    print(`  ${replica.service}: stopped in ${seconds(stopMs)} with code ${code}, ready in ${seconds(startMs)}`);
    await sleep(BETWEEN_MS);
  }
  return restarts;
}

function report(what: string, cases: readonly string[]): void {
  print(`${cases.length} ${what}`);
  for (const line of cases.slice(0, 10)) print(`  ${line}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
