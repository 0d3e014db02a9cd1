import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { type Change, changeNamed, openMovers } from '../events/changes.ts';
import { failed, quantiles, requestTimes } from '../events/event-figures.ts';
import { type EventServers, startBroker, startEventServers } from '../events/event-servers.ts';
import { steadyLoad } from '../events/steady-load.ts';
import { untilArrived, watchEvents } from '../events/watch-events.ts';
import { readUsage, untilQuiet } from '../processes/usage.ts';
import { figure } from '../report/markdown.ts';
import { table } from '../report/table.ts';
import { type EventFlags, reportEvents } from './event-options.ts';
import { progress } from './progress.ts';
import { workFolder } from './work-folder.ts';

export type EventsFlags = EventFlags & {
  readonly rate: readonly number[];
  readonly by: readonly string[];
  readonly change: readonly string[];
  readonly kafka?: string;
};

const HEAD = [
  'change',
  'by',
  'events/s',
  'events',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'max ms',
  'lost',
  'out of order',
  'wrong ids',
];
const BESIDE = ['repeated', 'request p50 ms', 'p99 ms', 'failed', 'CPU ms: server', 'database'];

/** At the highest rate, before anything is measured: a server that has just started is slower. */
const WARM_SECONDS = 8;

/** How long after the answer to a transition its event is with a consumer, and whether all are, in order. */
export async function events(flags: EventsFlags, lifecycle: Lifecycle): Promise<void> {
  const folder = workFolder(flags.data, lifecycle);
  const changes = flags.change.map((name) => [name, changeNamed(name)] as const);
  const warm = { ...flags, seconds: Math.min(WARM_SECONDS, flags.seconds) };
  const rows: (readonly string[])[] = [];
  let postgres = '';
  for (const by of flags.by) {
    const brokers = by === 'kafka' ? (flags.kafka?.split(',') ?? (await startBroker(lifecycle)).brokers) : [];
    const where = { folder: join(folder, by), database: flags.database };
    const servers = await startEventServers(where, brokers, {}, lifecycle);
    postgres = servers.postgres;
    for (const [name, change] of changes) {
      await measure(servers, change, warm, Math.max(...flags.rate));
      for (const rate of flags.rate) {
        progress(`${name}, ${by}, ${rate} events/s for ${flags.seconds} s`);
        rows.push([name, by, ...(await measure(servers, change, flags, rate))]);
      }
    }
  }
  reportEvents('events', table([...HEAD, ...BESIDE], rows), postgres, flags);
}

async function measure({ target, events: config }: EventServers, change: Change, flags: EventFlags, rate: number) {
  const movers = await openMovers(target.url, flags.models, change);
  const { arrivals, close } = await watchEvents(config, change);
  await untilQuiet(target.pids);
  const before = readUsage(target.pids);
  const load = await steadyLoad(movers.lanes, { rate, seconds: flags.seconds });
  await untilArrived(arrivals, movers);
  await untilQuiet(target.pids);
  const after = readUsage(target.pids);
  await close();
  await movers.close();
  const cpu = (part: 'server' | 'database') =>
    before?.[part] && after?.[part] ? (after[part].cpuMs - before[part].cpuMs) / load.finished : null;
  return [
    figure(load.finished / load.seconds),
    figure(load.finished),
    ...quantiles(arrivals.latency(movers.answered)),
    String(arrivals.lost(movers.answered)),
    String(arrivals.outOfOrder),
    String(arrivals.wrongIds),
    String(arrivals.repeated),
    ...requestTimes(load),
    failed(load),
    figure(cpu('server')),
    figure(cpu('database')),
  ];
}
