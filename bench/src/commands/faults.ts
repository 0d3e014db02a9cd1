import { join } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { type Played, playFaults, TROUBLES } from '../faults/play-faults.ts';
import { describeMachine, machineInWords } from '../report/machine.ts';
import { figure } from '../report/markdown.ts';
import { table } from '../report/table.ts';
import { openStore } from '../stores/store.ts';
import { openDatabase } from '../targets/database.ts';
import { startMillrace, storeEnv } from '../targets/millrace.ts';
import { progress } from './progress.ts';
import { workFolder } from './work-folder.ts';

export type FaultsFlags = { readonly seconds: number };

const TURNS = 3;
const WARM_UP_SECONDS = 5;
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
  await playFaults(target, undefined, WARM_UP_SECONDS);
  const rows: string[][] = [];
  for (const trouble of TROUBLES) {
    const [calm, beside]: [Played[], Played[]] = [[], []];
    // in turns: the machine's own ups and downs then hit both
    for (let turn = 0; turn < TURNS; turn++) {
      calm.push(await playFaults(target, undefined, seconds / TURNS));
      beside.push(await playFaults(target, trouble, seconds / TURNS));
    }
    rows.push([trouble, ...compared(calm, beside)]);
    progress(rows.at(-1)?.join(' | ') ?? '');
  }
  const head = ['beside', 'uploads/s alone', 'beside', 'share', 'failed', 'what the troubled got', 'MB: alone, beside'];
  process.stdout.write(`${table(head, rows)}\n\n${machineInWords(describeMachine(database.version))}\n`);
}

function compared(calm: readonly Played[], beside: readonly Played[]): string[] {
  const rate = (all: readonly Played[]) => all.reduce((sum, played) => sum + played.rate, 0) / all.length;
  const most = (all: readonly Played[]) => Math.max(...all.map(({ memoryMb }) => memoryMb ?? Number.NaN));
  const answers = new Map<string, number>();
  for (const { troubled } of beside)
    for (const [answer, count] of troubled) answers.set(answer, (answers.get(answer) ?? 0) + count);
  return [
    figure(rate(calm)),
    figure(rate(beside)),
    `${Math.round((rate(beside) / rate(calm)) * 100)} %`,
    String(beside.reduce((sum, { failed }) => sum + failed, 0)),
    [...answers].map(([answer, count]) => `${count} × ${answer}`).join(', ') || 'nothing yet',
    `${figure(most(calm))}, ${figure(most(beside))}`,
  ];
}
