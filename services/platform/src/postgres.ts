import pg from 'pg';
import type { Lifecycle } from './lifecycle.ts';
import type { Logger } from './log.ts';
import { observePool } from './telemetry/pool-calls.ts';

/** What every store function needs: a pool or a client inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;
export type Pool = pg.Pool;

export type PoolOptions = {
  readonly url: string;
  readonly size: number;
  readonly statementTimeoutMs: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
};

const CONNECT_TIMEOUT_MS = 5_000;

/** `bigint` columns come as numbers: milliseconds, steps and ids are kept below 2^53 by whoever writes them. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as (value: string) => unknown),
};

/** A bounded pool; waiting for a connection ends after 5 s in an error that callers may retry. */
export function openPool(options: PoolOptions, lifecycle: Lifecycle, log: Logger): Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    application_name: options.name,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.statementTimeoutMs,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types,
  });
  // A connection that breaks would otherwise end the process: while it is idle, and between two statements of a transaction.
  pool.on('error', ({ message }) => log.warn({ reason: message }, 'idle database connection failed'));
  pool.on('connect', (client) => void client.on('error', () => {}));
  lifecycle.onClose('database', () => pool.end());
  observePool(pool, options.name, lifecycle);
  return pool;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The database answers. */
export async function checkDatabase(pool: Pool): Promise<void> {
  await pool.query('select 1');
}

/** Five letters or digits of SQLSTATE, or undefined for what is no PostgreSQL error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
