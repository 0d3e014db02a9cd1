import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@millrace/platform/config';
import type { LocalOptions } from './options.ts';

const FILE = 'webhook-secrets.key';

/**
 * The options with a key for the secrets of webhooks: the configured one, or one that is made at the first start and kept in the
 * data folder for its owner only. Without it the secrets in the database cannot be read any more.
 */
export async function withWebhookKey(options: LocalOptions): Promise<LocalOptions> {
  const { dataDir, env } = options;
  if (env['WEBHOOK_SECRET_ENCRYPTION_KEY'] || env['MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY']) return options;
  const file = join(dataDir, FILE);
  try {
    await mkdir(dataDir, { recursive: true });
    const key = (await read(file)) ?? (await make(file));
    return { ...options, env: { ...env, WEBHOOK_SECRET_ENCRYPTION_KEY: key } };
  } catch (cause) {
    throw new ConfigError(`The key in ${file} can be neither read nor made: ${(cause as Error).message}`, { cause });
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Complete and on disk before it has its name; whoever comes second takes the first one's. */
async function make(file: string): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  await using handle = await open(draft, 'w', 0o600);
  await handle.writeFile(`${randomBytes(32).toString('base64')}\n`);
  await handle.sync();
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return (await readFile(file, 'utf8')).trim();
}
