import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { untilSignal } from '@millrace/platform/signals';
import { openDatabase } from '../targets/database.ts';
import { startMlflow } from '../targets/mlflow.ts';
import type { DataFlags } from './options.ts';
import { workFolder } from './work-folder.ts';

export type ReferenceFlags = DataFlags & { readonly port: number };

/** Runs MLflow's own server until it is told to stop, and says what the other commands want to know of it. */
export async function reference(flags: ReferenceFlags, lifecycle: Lifecycle): Promise<void> {
  const folder = workFolder(flags.data, lifecycle);
  const database = await openDatabase(join(folder, 'postgres'), flags.database, lifecycle);
  const { url, pids, databaseUrl } = await startMlflow(join(folder, 'mlflow'), database, lifecycle, flags);
  process.stdout.write(`MLflow is listening on ${url}

  measure it:   npm run bench -- run --target mlflow=${url} --pid mlflow=${pids.join(',')}
  seed it:      npm run bench -- seed --target-database '${databaseUrl}'

Ctrl-C stops it.
`);
  await untilSignal();
}
