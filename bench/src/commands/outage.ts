import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { changeNamed, now, openMovers } from '../events/changes.ts';
import { failed, requestTimes } from '../events/event-figures.ts';
import { startBroker, startEventServers } from '../events/event-servers.ts';
import { type Steady, steadyLoad } from '../events/steady-load.ts';
import { untilArrived, watchEvents } from '../events/watch-events.ts';
import { connect } from '../load/connection.ts';
import { figure } from '../report/markdown.ts';
import { table } from '../report/table.ts';
import { type EventFlags, reportEvents } from './event-options.ts';
import { progress } from './progress.ts';
import { workFolder } from './work-folder.ts';

export type OutageFlags = EventFlags & {
  readonly rate: number;
  readonly minutes: number;
  readonly change: string;
};

const LOOK_EVERY_MS = 100;
const TIMEOUT_MS = 30_000;
/** A server that has just started is slower. */
const WARM_SECONDS = 10;

/** What requests notice of a broker that is away, and how fast what waited goes out when it is back. */
export async function outage(flags: OutageFlags, lifecycle: Lifecycle): Promise<void> {
  const folder = workFolder(flags.data, lifecycle);
  const broker = await startBroker(lifecycle);
  const where = { folder: join(folder, 'outage'), database: flags.database };
  const { target, postgres, events } = await startEventServers(where, broker.brokers, {}, lifecycle);
  const change = changeNamed(flags.change);
  const movers = await openMovers(target.url, flags.models, change);
  const { arrivals, close } = await watchEvents(events, change);
  const load = (seconds: number) => steadyLoad(movers.lanes, { rate: flags.rate, seconds });

  await load(Math.min(WARM_SECONDS, flags.seconds));
  progress(`the broker is there, for ${flags.seconds} s`);
  const before = await load(flags.seconds);
  progress(`the broker is away, for ${flags.minutes} min`);
  await broker.stop();
  const during = await load(flags.minutes * 60);
  const backlog = await waiting(target.url);
  progress(`${backlog} events wait`);
  await broker.start();
  const seconds = await drained(target.url, backlog);
  await untilArrived(arrivals, movers);
  await close();
  await movers.close();
  const row = (phase: string, steady: Steady) => [
    phase,
    figure(steady.finished / steady.seconds),
    ...requestTimes(steady),
    failed(steady),
  ];
  const phases = table(
    ['broker', 'requests/s', 'p50 ms', 'p99 ms', 'failed'],
    [row('there', before), row(`away for ${flags.minutes} min`, during)],
  );
  const drainHead = [
    'waited',
    'out after s',
    'events/s',
    'times the rate they came at',
    'lost',
    'out of order',
    'wrong ids',
    'repeated',
  ];
  const rate = backlog / seconds;
  const checks = [arrivals.lost(movers.answered), arrivals.outOfOrder, arrivals.wrongIds, arrivals.repeated];
  const drain = [figure(backlog), figure(seconds), figure(rate), figure(rate / flags.rate), ...checks.map(String)];
  reportEvents('outage', `${phases}\n\n${table(drainHead, [drain])}`, postgres, flags);
}

/** On a connection of its own: an idle one may be closed at the moment in which it is used again. */
async function waiting(url: string): Promise<number> {
  const { send, close } = connect(url, TIMEOUT_MS);
  const answer = await send('/api/1.0/outboxes/model-registry').finally(close);
  return (JSON.parse(String(answer)) as { readonly waiting: number }).waiting;
}

/** Seconds from when the first of them left until none was left. */
async function drained(url: string, backlog: number): Promise<number> {
  let begun = 0;
  for (;;) {
    const left = await waiting(url);
    if (begun === 0 && left < backlog) begun = now() - LOOK_EVERY_MS;
    if (left === 0) return (now() - begun) / 1000;
    await sleep(LOOK_EVERY_MS);
  }
}
