import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PATIENCE_MS } from '../client.ts';

/** Waits for a PostgreSQL that was killed a moment ago: what is left of it answers those it knows, and nobody else. The caller ends it. */
export async function connectDatabase(connectionString: string): Promise<pg.Client> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
