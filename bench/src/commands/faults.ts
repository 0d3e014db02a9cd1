import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { playFaults, TROUBLES } from '../faults/play-faults.ts';
import { describeMachine, machineInWords } from '../report/machine.ts';
import { figure } from '../report/markdown.ts';
import { table } from '../report/table.ts';
import { openStore } from '../stores/store.ts';
import { openDatabase } from '../targets/database.ts';
import { startMillrace, storeEnv } from '../targets/millrace.ts';
import { progress } from './progress.ts';
import { workFolder } from './work-folder.ts';

export type FaultsFlags = { readonly seconds: number };

/** So that what hangs ends within a measurement. */
const IMPATIENT = { S3_REQUEST_TIMEOUT_MS: '1000' };

/** Uploads that nothing is wrong with, first alone and then beside many of each trouble, on a store that swallows bytes. */
export async function faults({ seconds }: FaultsFlags, lifecycle: Lifecycle): Promise<void> {
  const folder = workFolder(undefined, lifecycle);
  const database = await openDatabase(join(folder, 'postgres'), undefined, lifecycle);
  const store = await openStore('null', join(folder, 'null'), lifecycle);
  const target = await startMillrace(join(folder, 'millrace'), database, lifecycle, {
    ...storeEnv(store),
    ...IMPATIENT,
  });
  await playFaults(target, undefined, 3);
  const rows: string[][] = [];
  for (const trouble of TROUBLES) {
    // the machine's own ups and downs hit both, so each trouble has a calm time before and behind it
    const before = await playFaults(target, undefined, seconds / 2);
    const beside = await playFaults(target, trouble, seconds);
    const after = await playFaults(target, undefined, seconds / 2);
    const calm = (before.rate + after.rate) / 2;
    progress(`${trouble}: ${beside.rate.toPrecision(3)} of ${calm.toPrecision(3)} uploads per second`);
    rows.push([
      trouble,
      figure(calm),
      figure(beside.rate),
      `${Math.round((beside.rate / calm) * 100)} %`,
      String(beside.failed),
      beside.troubled || '–',
      `${figure(before.memoryMb)}, ${figure(beside.memoryMb)}`,
    ]);
  }
  const head = ['beside', 'uploads/s alone', 'beside', 'share', 'failed', 'what the troubled got', 'MB: alone, beside'];
  process.stdout.write(`${table(head, rows)}\n\n${machineInWords(describeMachine(database.version))}\n`);
}
