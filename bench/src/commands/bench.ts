import { measure, type Result } from '../load/measure.ts';
import type { Target } from '../load/round.ts';
import { report } from '../report/report.ts';
import { seedDatabase } from '../seed/seed-database.ts';
import { selectWorkloads } from '../workloads/all.ts';
import { type LoadFlags, plan, seeded } from './options.ts';
import { progress } from './progress.ts';

export type Servers = {
  readonly targets: readonly Target[];
  /** Where tables are filled directly, if reading is measured. */
  readonly databases: readonly string[];
  readonly postgres: string | null;
};

/** The workloads that `flags` select, on servers that are only started once the selection is known to be good. */
export async function bench(flags: LoadFlags, start: () => Promise<Servers>): Promise<void> {
  const workloads = selectWorkloads(flags.only);
  const { targets, databases, postgres } = await start();
  if (workloads.some(([, { reads }]) => reads))
    for (const database of databases) await seedDatabase(database, seeded(flags), progress);
  const results: Result[] = [];
  for (const [name, workload] of workloads)
    results.push(...(await measure(name, workload, targets, plan(flags), progress)));
  report(results, plan(flags), { postgres, versions: await versions(targets) }, flags);
}

/** As each server says it. */
async function versions(targets: readonly Target[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, url } of targets) {
    const answer = await fetch(`${url}/version`).catch(() => undefined);
    found[name] = answer?.ok ? `version ${(await answer.text()).trim()}` : 'of unknown version';
  }
  return found;
}
