import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { keepConnections, residentMb } from '../connections/kept.ts';
import { attackSlowly } from '../connections/slowloris.ts';
import { playRound, type Round, type Target } from '../load/round.ts';
import { describeMachine, machineInWords } from '../report/machine.ts';
import { figure } from '../report/markdown.ts';
import { table } from '../report/table.ts';
import { openDatabase } from '../targets/database.ts';
import { startMillrace } from '../targets/millrace.ts';
import { openApi } from '../workloads/api.ts';
import { logMetric } from '../workloads/log-metrics.ts';
import type { DataFlags } from './options.ts';
import { progress } from './progress.ts';
import { workFolder } from './work-folder.ts';

export type ConnectionsFlags = DataFlags & {
  readonly kept: readonly number[];
  readonly slow: number;
  readonly seconds: number;
};

const SEEDED = { runs: 1, experiments: 1, points: 1 };
/** Longer than any limit that should end them. */
const SLOW_SECONDS = 80;

/** What many connections cost a Millrace of its own, and whether slow ones stand in the way of others. */
export async function connections(flags: ConnectionsFlags, lifecycle: Lifecycle): Promise<void> {
  const folder = workFolder(flags.data, lifecycle);
  const database = await openDatabase(join(folder, 'postgres'), flags.database, lifecycle);
  const target = await startMillrace(join(folder, 'millrace'), database, lifecycle);
  const pid = target.pids[0] ?? 0;
  const api = openApi(target.url);
  const run_id = await api.createRun(await api.createExperiment(`bench-connections-${Date.now()}`));
  await api.close();
  const point = (client: number, step: number) =>
    JSON.stringify({ run_id, key: `m${client % 100}`, value: step, timestamp: 1, step: client * 100_000 + step });

  const before = await others(target, flags.seconds);
  const rows = [];
  for (const count of flags.kept) {
    progress(`${count} connections …`);
    const kept = await keepConnections(new URL(target.url), pid, count, flags.seconds, point);
    rows.push([
      figure(count),
      figure(kept.openedInSeconds),
      figure(kept.kilobytesEach),
      `${figure(kept.idleMb)}, ${figure(kept.activeMb)}`,
      figure(kept.active),
      figure(kept.perSecond),
      figure(kept.p50),
      figure(kept.p99),
      `${kept.fewest}–${kept.most}`,
      `${kept.refused}, ${kept.lost}`,
    ]);
  }
  print(table(KEPT_HEAD, rows));
  if (flags.slow > 0) print(await slowly(target, pid, flags.slow, before));
  print(machineInWords(describeMachine(database.version)));
}

const KEPT_HEAD = [
  'kept connections',
  'opened in s',
  'kB each',
  'server MB: idle, active',
  'active, once a second',
  'answers/s',
  'p50 ms',
  'p99 ms',
  'answers per connection',
  'refused, lost',
];

async function slowly(target: Target, pid: number, sockets: number, before: Round): Promise<string> {
  progress(`${sockets} slow sockets for ${SLOW_SECONDS} s …`);
  const idleMb = residentMb(pid);
  const [attack, during] = await Promise.all([
    attackSlowly(new URL(target.url), pid, sockets, SLOW_SECONDS),
    others(target, SLOW_SECONDS - 20),
  ]);
  const cells = (what: string, { rate, latency, failures }: Round) => [
    what,
    figure(rate),
    figure(latency.percentile(50) / 1000),
    figure(latency.percentile(99) / 1000),
    String([...failures.values()].reduce((sum, count) => sum + count, 0)),
  ];
  const closed =
    attack.lastClosedSeconds === null
      ? `${attack.leftOpen} of them were still open after ${SLOW_SECONDS} s`
      : `the server closed the first after ${figure(attack.firstClosedSeconds)} s and the last after ${figure(attack.lastClosedSeconds)} s`;
  return [
    table(
      ['log-metric of 20 clients', 'per second', 'p50 ms', 'p99 ms', 'failed'],
      [cells('alone', before), cells(`beside ${figure(sockets)} slow sockets`, during)],
    ),
    '',
    `The slow sockets sent a byte every 10 s, half of them of a head, half of a body; ${closed}. Memory of the server: ${figure(idleMb)} MB before, at most ${figure(attack.peakMb)} MB meanwhile.`,
  ].join('\n');
}

/** What everybody else is served like. */
async function others(target: Target, seconds: number): Promise<Round> {
  const clients = 20;
  const api = openApi(target.url);
  const operations = await logMetric(clients).prepare(api, clients, SEEDED, target);
  await api.close();
  await playRound({ ...target, pids: [] }, operations, { seconds: 1, timeoutMs: 60_000 });
  return playRound({ ...target, pids: [] }, operations, { seconds, timeoutMs: 60_000 });
}

function print(text: string): void {
  process.stdout.write(`${text}\n\n`);
}
