import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { variable } from './variable.ts';

export type TestDatabase = AsyncDisposable & { readonly url: string };

/** A new empty database; disposing of it drops it, whoever is still connected. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = variable('TEST_DATABASE_URL');
  const name = `millrace_test_${randomUUID().replaceAll('-', '')}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => execute(server, `drop database if exists ${name} with (force)`),
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
