import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { openStore } from '../stores/store.ts';
import { openDatabase } from '../targets/database.ts';
import { startMillrace, storeEnv } from '../targets/millrace.ts';
import { startMlflow } from '../targets/mlflow.ts';
import { bench } from './bench.ts';
import type { DataFlags, LoadFlags } from './options.ts';
import { workFolder } from './work-folder.ts';

export type CompareFlags = LoadFlags & DataFlags;

/** Measures Millrace and MLflow's own server side by side, on databases of one PostgreSQL. */
export async function compare(flags: CompareFlags, lifecycle: Lifecycle): Promise<void> {
  await bench(flags, async () => {
    const folder = workFolder(flags.data, lifecycle);
    const database = await openDatabase(join(folder, 'postgres'), flags.database, lifecycle);
    const store = await openStore(flags.store, join(folder, flags.store), lifecycle);
    const millrace = await startMillrace(join(folder, 'millrace'), database, lifecycle, storeEnv(store));
    const mlflow = await startMlflow(join(folder, 'mlflow'), database, lifecycle, storeEnv(store));
    return {
      targets: [millrace, mlflow, ...(store.target ? [store.target] : [])],
      databases: [database.url, mlflow.databaseUrl],
      postgres: database.version,
    };
  });
}
