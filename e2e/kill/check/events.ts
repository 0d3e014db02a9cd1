import { isDeepStrictEqual } from 'node:util';
import type { Operation } from '../journal.ts';
import type { PublishedEvent, Stored } from './stored.ts';

const ENDS: Readonly<Record<string, string>> = { FINISHED: 'run.finished', FAILED: 'run.failed', KILLED: 'run.killed' };
const VERSIONS_KEY = 'default/model';

/** Each change has its event once, those of one key in the order of the changes. A repeated event has the id it had. */
export function checkEvents(
  operations: readonly Operation[],
  stored: Stored,
  published: readonly PublishedEvent[],
): string[] {
  const { distinct, violations } = withoutRepeats(published);
  const byKey = Map.groupBy(distinct, ({ partitionkey }) => partitionkey);
  const updates = Map.groupBy(
    operations.filter(({ path, request }) => path === 'runs/update' && String(request['status']) in ENDS),
    ({ request }) => String(request['run_id']),
  );
  const runIds = new Set(stored.runs.map(({ id }) => id));
  const orphans = distinct.filter(({ type, partitionkey }) => /\.run\./.test(type) && !runIds.has(partitionkey));
  return [
    ...violations,
    ...orphans.map(({ type, partitionkey }) => `an event ${type} of run ${partitionkey}, which is not there`),
    ...[...byKey].flatMap(([key, events]) => checkOrder(key, events)),
    ...stored.runs.flatMap(({ id }) => checkRunEvents(id, byKey.get(id) ?? [], updates.get(id) ?? [])),
    ...checkVersionEvents(operations, stored, byKey.get(VERSIONS_KEY) ?? []),
  ];
}

function withoutRepeats(published: readonly PublishedEvent[]) {
  const byId = new Map<string, PublishedEvent>();
  const violations: string[] = [];
  for (const event of published) {
    const first = byId.get(event.id);
    if (first === undefined) byId.set(event.id, event);
    else if (!isDeepStrictEqual(first, event)) violations.push(`event ${event.id} was published with two contents`);
  }
  return { distinct: [...byId.values()], violations };
}

function checkOrder(key: string, events: readonly PublishedEvent[]): string[] {
  return events.flatMap(({ id, sequence }, i) => {
    const before = events[i - 1];
    return before && before.sequence >= sequence ? [`event ${id} of ${key} came after a later one`] : [];
  });
}

function checkRunEvents(id: string, events: readonly PublishedEvent[], ends: readonly Operation[]): string[] {
  const found = events.map(({ type }) => shortType(type));
  const certain = ['run.created'];
  const possible = ['run.created'];
  for (const { request, acknowledged } of ends) {
    const type = ENDS[String(request['status'])] as string;
    possible.push(type);
    if (acknowledged) certain.push(type);
  }
  if (isDeepStrictEqual(found, certain) || isDeepStrictEqual(found, possible)) return [];
  return [`run ${id}: events are [${found.join(', ')}], not [${possible.join(', ')}]`];
}

function checkVersionEvents(
  operations: readonly Operation[],
  { versions }: Stored,
  events: readonly PublishedEvent[],
): string[] {
  const count = (type: string, version: string) =>
    events.filter((event) => shortType(event.type) === type && event.data['version'] === version).length;
  const moves = operations.filter(({ path }) => path === 'model-versions/transition-stage');
  return versions.flatMap(({ version, stage }) => {
    const created = count('model_version.created', version);
    const moved = count('model_version.stage_transitioned', version);
    const expected = stage === 'None' ? 0 : 1;
    const asked = moves.some(({ request }) => request['version'] === version);
    return [
      ...(created === 1 ? [] : [`version ${version}: ${created} events of its creation`]),
      ...(moved === expected ? [] : [`version ${version} in stage ${stage}: ${moved} events of its move`]),
      ...(asked || stage === 'None' ? [] : [`version ${version} moved though nobody asked for it`]),
    ];
  });
}

const shortType = (type: string) => type.replace(/^io\.millrace\.|\.v1$/g, '');
