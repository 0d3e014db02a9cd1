import { join } from 'node:path';
import { startEmbeddedPostgres } from '@millrace/platform/embedded-postgres';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import type { LocalOptions } from './options.ts';

/** The database of DATABASE_URL, or an embedded one that stops with the lifecycle; `onLost` hears when it ended by itself. */
export async function openDatabase(
  { dataDir, env }: LocalOptions,
  lifecycle: Lifecycle,
  log: Logger,
  onLost: (reason: string) => void,
): Promise<{ readonly url: string; readonly description: string }> {
  const given = env['DATABASE_URL'];
  if (given) return { url: given, description: `PostgreSQL at ${new URL(given).host}` };
  const folder = join(dataDir, 'postgres');
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log });
  lifecycle.onClose('embedded PostgreSQL', () => postgres.stop());
  void postgres.lost.then((reason) => onLost(reason));
  return { url: postgres.url, description: `${folder} (embedded PostgreSQL)` };
}
