import { setTimeout as sleep } from 'node:timers/promises';
import { get } from '../../api.ts';
import { PATIENCE_MS } from '../client.ts';
import type { Operation } from '../journal.ts';
import type { Machine } from '../machine.ts';
import { checkAnswers } from './answers.ts';
import { connectDatabase } from './connect.ts';
import { checkEvents } from './events.ts';
import { checkLastWrites } from './last-writes.ts';
import { readThroughApi } from './read-api.ts';
import { countWaiting, readEvents, readFromDatabase } from './read-database.ts';
import { checkRuns } from './runs.ts';
import type { Stored } from './stored.ts';
import { checkVersions } from './versions.ts';
import { checkWrites } from './writes.ts';

/** Compares what clients were told with what can be read back through the API and with what lies in the tables. */
export async function findViolations(
  { url, databaseUrl }: Pick<Machine, 'url' | 'databaseUrl'>,
  operations: readonly Operation[],
): Promise<string[]> {
  await untilAnswers(url);
  const db = await connectDatabase(databaseUrl);
  try {
    const waiting = await countWaiting(db);
    const inTables = await readFromDatabase(db);
    const events = await readEvents(db);
    const inAnswers = await readThroughApi(url);
    return [
      ...checkAnswers(operations),
      ...checkStored(operations, inAnswers).map((violation) => `API: ${violation}`),
      ...checkStored(operations, inTables).map((violation) => `tables: ${violation}`),
      ...checkEvents(operations, inTables, events),
      ...(waiting === 0 ? [] : [`${waiting} events still wait in an outbox`]),
    ];
  } finally {
    await db.end();
  }
}

/** The last kill may have been a moment ago. */
async function untilAnswers(url: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  const answers = () =>
    get(url, 'experiments/get', { experiment_id: '0' }).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await answers())) {
    if (Date.now() > deadline) throw new Error('Millrace does not come back');
    await sleep(100);
  }
}

function checkStored(operations: readonly Operation[], { runs, versions }: Stored): string[] {
  return [
    ...checkRuns(operations, runs),
    ...checkWrites(operations, runs),
    ...checkLastWrites(operations, runs),
    ...checkVersions(operations, versions),
  ];
}
