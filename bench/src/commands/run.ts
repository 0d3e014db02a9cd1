import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Target } from '../load/round.ts';
import { openStore } from '../stores/store.ts';
import { openDatabase } from '../targets/database.ts';
import { startMillrace, storeEnv } from '../targets/millrace.ts';
import { startTracking } from '../targets/tracking.ts';
import { bench, type Servers } from './bench.ts';
import type { DataFlags, LoadFlags } from './options.ts';
import { workFolder } from './work-folder.ts';

export type RunFlags = LoadFlags &
  DataFlags & {
    readonly target?: ReadonlyMap<string, string>;
    readonly pid?: ReadonlyMap<string, string>;
    readonly alone?: true;
  };

/** Measures running servers, or, when none is given, a Millrace of its own. */
export async function run(flags: RunFlags, lifecycle: Lifecycle): Promise<void> {
  const { target, pid = new Map<string, string>() } = flags;
  const unknown = [...pid.keys()].filter((name) => !target?.has(name));
  if (unknown.length > 0) throw new Error(`--pid names ${unknown.join(', ')}, but no --target does`);
  await bench(flags, () => (target ? running(target, pid) : millrace(flags, lifecycle)));
}

async function running(urls: ReadonlyMap<string, string>, pids: ReadonlyMap<string, string>): Promise<Servers> {
  const targets = [...urls].map(([name, url]): Target => {
    const given = pids.get(name)?.split(',').map(Number) ?? [];
    return { name, url: url.replace(/\/+$/, ''), pids: given };
  });
  return { targets, databases: [], postgres: null };
}

async function millrace(
  { data, database: given, store: kind, alone }: RunFlags,
  lifecycle: Lifecycle,
): Promise<Servers> {
  const folder = workFolder(data, lifecycle);
  const database = await openDatabase(join(folder, 'postgres'), given, lifecycle);
  const found = { databases: [database.url], postgres: database.version };
  if (alone) return { targets: [await startTracking(join(folder, 'tracking'), database, lifecycle)], ...found };
  const store = await openStore(kind, join(folder, kind), lifecycle);
  const target = await startMillrace(join(folder, 'millrace'), database, lifecycle, storeEnv(store));
  return { targets: [target, ...(store.target ? [store.target] : [])], ...found };
}
