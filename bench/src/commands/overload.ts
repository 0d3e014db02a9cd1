import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { Failure } from '../load/connection.ts';
import type { Operation } from '../load/operation.ts';
import { playRound, type Round, type Target } from '../load/round.ts';
import { describeMachine, machineInWords } from '../report/machine.ts';
import { figure } from '../report/markdown.ts';
import { table } from '../report/table.ts';
import { seedDatabase } from '../seed/seed-database.ts';
import { type Database, openDatabase } from '../targets/database.ts';
import { startMillrace } from '../targets/millrace.ts';
import { openApi } from '../workloads/api.ts';
import { logMetric } from '../workloads/log-metrics.ts';
import { search } from '../workloads/searches.ts';
import type { Seeded, Workload } from '../workloads/workload.ts';
import { type DataFlags, type SeededFlags, seeded } from './options.ts';
import { progress } from './progress.ts';
import { workFolder } from './work-folder.ts';

export type OverloadFlags = DataFlags & SeededFlags & { readonly searchers: number; readonly seconds: number };

const LOGGERS = 20;
const QUERY = { max_results: 1000 };
/** As a client that heeds `Retry-After` does. */
const RETRY_MS = 2_000;
const NO_LIMIT = { LOAD_SHEDDING: 'false' };

/** Logging alone; beside too many searches; and beside as many, were none of them held back. */
export async function overload(flags: OverloadFlags, lifecycle: Lifecycle): Promise<void> {
  const folder = workFolder(flags.data, lifecycle);
  const database = await openDatabase(join(folder, 'postgres'), flags.database, lifecycle);
  const held = await startMillrace(join(folder, 'millrace'), database, lifecycle);
  await seedDatabase(database.url, seeded(flags), progress);
  const free = await startMillrace(join(folder, 'unlimited'), database, lifecycle, NO_LIMIT);
  const rows = [
    await measure('nothing else', held, 0, flags),
    await measure(`${flags.searchers} searchers`, held, flags.searchers, flags),
    await measure(`${flags.searchers} searchers, not held back`, free, flags.searchers, flags),
  ];
  process.stdout.write(`${table(HEAD, rows)}\n\n${where(database, flags)}\n`);
}

const HEAD = ['beside', 'log-metric/s', 'p50 ms', 'p99 ms', 'failed', 'searches/s', 'p50 ms', 'refused'];

async function measure(
  what: string,
  target: Target,
  searchers: number,
  flags: OverloadFlags,
): Promise<readonly string[]> {
  progress(`${what} …`);
  const data = seeded(flags);
  const logging = await prepare(logMetric(LOGGERS), target, LOGGERS, data);
  const searching = (await prepare(search(QUERY), target, searchers, data)).map(patiently);
  const play = (operations: readonly Operation[], seconds: number) =>
    playRound({ ...target, pids: [] }, operations, { seconds, timeoutMs: 60_000 });
  await Promise.all([play(logging, 3), play(searching, 3)]);
  const [logged, searched] = await Promise.all([play(logging, flags.seconds), play(searching, flags.seconds)]);
  const failed = String(sum(logged));
  return [what, figure(logged.rate), ms(logged, 50), ms(logged, 99), failed, ...searches(searched, searchers)];
}

function searches(round: Round, searchers: number): readonly string[] {
  return searchers === 0 ? ['–', '–', '–'] : [figure(round.rate), ms(round, 50), String(sum(round))];
}

async function prepare(workload: Workload, target: Target, clients: number, data: Seeded) {
  const api = openApi(target.url);
  const operations = await workload.prepare(api, clients, data, target);
  await api.close();
  return operations;
}

function patiently(operation: Operation): Operation {
  return async (send) => {
    try {
      await operation(send);
    } catch (error) {
      if (error instanceof Failure) await sleep(RETRY_MS * (0.5 + Math.random()));
      throw error;
    }
  };
}

const ms = ({ latency }: Round, percentile: number) => figure(latency.percentile(percentile) / 1000);
const sum = ({ failures }: Round) => [...failures.values()].reduce((total, count) => total + count, 0);

function where({ version }: Database, { runs, searchers, seconds }: OverloadFlags): string {
  return `${LOGGERS} clients log, ${searchers} search the first 1,000 of ${figure(runs)} runs, ${seconds} s each. ${machineInWords(describeMachine(version))}`;
}
