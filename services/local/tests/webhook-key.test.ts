import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withWebhookKey } from '../src/webhook-key.ts';

const KEY = 'WEBHOOK_SECRET_ENCRYPTION_KEY';

describe('the key for the secrets of webhooks', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-key-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const keyOf = async (env: Record<string, string> = {}, dataDir = folder) =>
    (await withWebhookKey({ host: '', port: 0, dataDir, env })).env[KEY];

  it('is made once and stays, for its owner only', async () => {
    const dataDir = join(folder, 'new');
    const [first, second] = await Promise.all([keyOf({}, dataDir), keyOf({}, dataDir)]);
    expect(Buffer.from(first ?? '', 'base64')).toHaveLength(32);
    expect([second, await keyOf({}, dataDir)]).toEqual([first, first]);
    const [file = '', ...others] = await readdir(dataDir);
    expect(others).toEqual([]);
    expect((await stat(join(dataDir, file))).mode & 0o777).toBe(0o600);
    expect(await keyOf()).not.toBe(first);
  });

  it.each([KEY, 'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY'])('is the one of %s where that is set', async (name) => {
    expect((await withWebhookKey({ host: '', port: 0, dataDir: folder, env: { [name]: 'given' } })).env).toEqual({
      [name]: 'given',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('that cannot be made is named in one sentence', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(keyOf({}, join(folder, 'file', 'data'))).rejects.toThrow(
      /webhook-secrets.key can be neither read nor made/,
    );
  });
});
