import { join } from 'node:path';
import { createHistogram } from 'node:perf_hooks';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { openMovers } from '../events/changes.ts';
import { failed, quantiles, requestTimes } from '../events/event-figures.ts';
import { type EventServers, startEventServers } from '../events/event-servers.ts';
import { type Receivers, startReceivers } from '../events/receivers.ts';
import { steadyLoad } from '../events/steady-load.ts';
import { untilArrived } from '../events/watch-events.ts';
import { readUsage, untilQuiet } from '../processes/usage.ts';
import { figure } from '../report/markdown.ts';
import { table } from '../report/table.ts';
import { API } from '../workloads/api-root.ts';
import { type EventFlags, reportEvents } from './event-options.ts';
import { progress } from './progress.ts';
import { workFolder } from './work-folder.ts';

export type WebhooksFlags = EventFlags & {
  readonly rate: readonly number[];
  readonly receivers: number;
  readonly dead: number;
};

const HEAD = ['events/s', 'receivers', 'dead', 'deliveries/s', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'lost'];
const BESIDE = ['out of order', 'repeated', 'request p50 ms', 'p99 ms', 'failed', 'CPU ms: server', 'database'];
const ENV = { WEBHOOK_ALLOWED_SCHEMES: 'http', WEBHOOK_ALLOW_PRIVATE_IPS: 'true', SHUTDOWN_GRACE_MS: '1000' };

/** How long after the answer to a transition each living receiver has it, while others hang. */
export async function webhooks(flags: WebhooksFlags, lifecycle: Lifecycle): Promise<void> {
  const folder = workFolder(flags.data, lifecycle);
  const servers = await startEventServers(
    { folder: join(folder, 'webhooks'), database: flags.database },
    [],
    ENV,
    lifecycle,
  );
  const receivers = await startReceivers(flags.receivers, flags.dead, lifecycle);
  for (const [index, url] of receivers.urls.entries()) await listen(servers.target.url, `bench-${index}`, url);
  await measure(servers, receivers, { ...flags, seconds: Math.min(3, flags.seconds) }, flags.rate[0] ?? 1); // warm
  const rows: (readonly string[])[] = [];
  for (const rate of flags.rate) {
    progress(`webhooks, ${rate} events/s to ${flags.receivers} receivers for ${flags.seconds} s`);
    rows.push(await measure(servers, receivers, flags, rate));
  }
  reportEvents('webhooks', table([...HEAD, ...BESIDE], rows), servers.postgres, flags);
}

async function listen(server: string, name: string, url: string): Promise<void> {
  const body = JSON.stringify({ name, url, event_types: ['model_version.stage_transitioned'] });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server}${API}/webhooks`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`a webhook cannot be made: ${await answer.text()}`);
}

async function measure({ target }: EventServers, receivers: Receivers, flags: WebhooksFlags, rate: number) {
  const movers = await openMovers(target.url, flags.models);
  const alive = receivers.alive();
  const before = readUsage(target.pids);
  const load = await steadyLoad(movers.lanes, { rate, seconds: flags.seconds });
  for (const arrivals of alive) await untilArrived(arrivals, movers);
  const seconds = load.seconds;
  await untilQuiet(target.pids);
  const after = readUsage(target.pids);
  await movers.close();
  const sum = (count: (one: (typeof alive)[number]) => number) => alive.reduce((total, one) => total + count(one), 0);
  const deliveries = sum(({ count }) => count);
  const latency = createHistogram();
  for (const arrivals of alive) latency.add(arrivals.latency(movers.answered));
  const cpu = (part: 'server' | 'database') =>
    before?.[part] && after?.[part] ? (after[part].cpuMs - before[part].cpuMs) / deliveries : null;
  return [
    figure(load.finished / seconds),
    String(flags.receivers),
    String(flags.dead),
    figure(deliveries / seconds),
    ...quantiles(latency),
    String(sum((one) => one.lost(movers.answered))),
    String(sum((one) => one.outOfOrder)),
    String(sum((one) => one.repeated)),
    ...requestTimes(load),
    failed(load),
    figure(cpu('server')),
    figure(cpu('database')),
  ];
}
