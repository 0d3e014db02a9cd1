import { seedServer } from '../seed/seed-api.ts';
import { seedDatabase } from '../seed/seed-database.ts';
import { type SeededFlags, seeded } from './options.ts';
import { progress } from './progress.ts';

export type SeedFlags = SeededFlags & { readonly target?: string; readonly targetDatabase?: string };

/** Fills a database directly, or a server through its API. */
export async function seed(flags: SeedFlags) {
  const { target, targetDatabase } = flags;
  if (targetDatabase) await seedDatabase(targetDatabase, seeded(flags), progress);
  if (target) await seedServer(target.replace(/\/+$/, ''), seeded(flags), progress);
  if (!target && !targetDatabase) throw new Error('Name what to fill: --target-database or --target');
}
