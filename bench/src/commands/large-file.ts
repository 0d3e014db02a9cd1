import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { run } from '@millrace/platform/testing/parts/run';
import { MLFLOW_CLIENTS, type MlflowClient, pythonWithMlflow } from '@millrace/platform/testing/python';
import { type Command, Option } from 'commander';
import { readUsage } from '../processes/usage.ts';
import { figure } from '../report/markdown.ts';
import { openStore } from '../stores/store.ts';
import { openDatabase } from '../targets/database.ts';
import { startMillrace, storeEnv } from '../targets/millrace.ts';
import type { DataFlags } from './options.ts';
import { workFolder } from './work-folder.ts';

export type LargeFileFlags = DataFlags & {
  readonly gigabytes: string;
  readonly client: MlflowClient;
  readonly inParts?: true;
};

const SCRIPT = new URL('../clients/large_file.py', import.meta.url).pathname;
/** Of the JavaScript heap; what V8 has by default grows with the machine. */
const NODE_OPTIONS = '--max-old-space-size=128';

export function largeFileOptions(command: Command): Command {
  return command
    .option('--gigabytes <number>', 'size of the file', '5')
    .addOption(new Option('--client <version>', 'of MLflow').choices(MLFLOW_CLIENTS).default('newest'))
    .option('--in-parts', 'let the client cut the file into parts (MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD)');
}

/** Needs room for two files where it runs, and one in the store. Fails when the file comes back changed. */
export async function largeFile(flags: LargeFileFlags, lifecycle: Lifecycle): Promise<void> {
  const folder = workFolder(flags.data, lifecycle);
  const database = await openDatabase(join(folder, 'postgres'), flags.database, lifecycle);
  const store = await openStore(flags.store, join(folder, flags.store), lifecycle);
  const env = { ...storeEnv(store), NODE_OPTIONS };
  const { url, pids } = await startMillrace(join(folder, 'millrace'), database, lifecycle, env);
  const files = mkdtempSync(join(folder, 'files-'));
  const idle = readUsage(pids)?.server;
  try {
    const clientEnv = { ...process.env, MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: String(flags.inParts ?? false) };
    const python = await pythonWithMlflow(flags.client);
    const printed = await run(python, [SCRIPT, url, files, flags.gigabytes], { env: clientEnv });
    const { bytes, up, down } = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Record<string, number>;
    const used = readUsage(pids)?.server;
    const rate = (seconds = 0) => `${figure(seconds)} s, ${figure((bytes ?? 0) / 1e6 / seconds)} MB/s`;
    process.stdout.write(
      `${figure((bytes ?? 0) / 1e9)} GB, ${flags.client} client, ${flags.inParts ? 'in parts' : 'in one piece'}, ` +
        `store ${flags.store}: up ${rate(up)}; down ${rate(down)}. The same bytes came back.\n` +
        `Millrace (${NODE_OPTIONS}): ${figure(idle?.memoryMb)} MB before, at most ${figure(used?.memoryMb)} MB; ` +
        `${figure((used?.cpuMs ?? 0) - (idle?.cpuMs ?? 0))} ms of CPU\n`,
    );
  } finally {
    rmSync(files, { recursive: true, force: true });
  }
}
