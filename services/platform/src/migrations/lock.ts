import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { ConfigError } from '../config.ts';

const ASK_EVERY_MS = 200;
const PATIENCE_MS = 600_000;

/**
 * One process of a database migrates at a time; the others ask now and then. They do not wait inside the database, where
 * an index that is being built would wait for them.
 */
export async function withMigrationLock<T>(client: pg.Client, work: () => Promise<T>, onWait: () => void): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let waits = 0; !(await tryLock(client)); waits++) {
    if (waits === 0) onWait();
    if (Date.now() > deadline)
      throw new ConfigError('Another process has been migrating this database for ten minutes.');
    await sleep(ASK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    // a connection that broke has given it back
    await client.query(`select pg_advisory_unlock(hashtextextended('millrace.migrations', 0))`).catch(() => {});
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ ours: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('millrace.migrations', 0)) as ours`,
  );
  return rows[0]?.ours === true;
}
