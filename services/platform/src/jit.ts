import type pg from 'pg';
import type { Logger } from './log.ts';

/**
 * Turns off PostgreSQL's compiler for our role in our database: for statements like ours, compiling takes longer than running
 * them. A setting of the role holds behind every pooler, also one that hands out connections per transaction and refuses
 * parameters that it does not know; a parameter of the connection would not. Connections opened from now on have it.
 */
export async function turnOffJit(client: pg.Client, log: Logger): Promise<void> {
  const { rows } = await client.query<{ jit: string }>(`select current_setting('jit') as jit`);
  if (rows[0]?.jit !== 'on') return;
  try {
    await client.query(`do $$ begin
      execute format('alter role %I in database %I set jit = off', current_user, current_database());
    end $$`);
  } catch (error) {
    // another service of the same role, starting now, may have been first; without it all is as right, only slower
    log.warn(
      { reason: (error as Error).message },
      'jit stays on; searches are faster after: alter role … set jit = off',
    );
  }
}
