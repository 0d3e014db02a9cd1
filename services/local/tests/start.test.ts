import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const MAIN = join(import.meta.dirname, '../src/main.ts');

describe('a start that cannot succeed', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-start-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs what `npm start` runs, which is expected to end by itself. */
  const start = (flags: string[], env: Record<string, string> = {}) =>
    new Promise<{ code: unknown; output: string }>((done) => {
      const options = { env: { PATH: process.env['PATH'] ?? '', ...env } };
      execFile(process.execPath, [MAIN, ...flags], options, (error, stdout, stderr) =>
        done({ code: error?.code ?? 0, output: stdout + stderr }),
      );
    });

  const oneSentence = (text: string) => expect.stringMatching(new RegExp(`^[^\\n]*${text}[^\\n]*\\n$`));

  it('says that the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await start(['--port', String(port), '--data', join(folder, 'port')]);
    server.close();
    expect(answer).toEqual({ code: 1, output: oneSentence(`${port}`) });
  });

  it('says that the data folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const answer = await start(['--port', '0', '--data', join(folder, 'file', 'data')]);
    expect(answer).toEqual({ code: 1, output: oneSentence('choose another data folder') });
  });

  it('says that the database does not answer', async () => {
    const answer = await start(['--port', '0', '--data', folder], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' });
    expect(answer).toEqual({ code: 1, output: oneSentence('127.0.0.1:1') });
  });

  it('lists every bad variable at once', async () => {
    const answer = await start(['--port', '0', '--data', folder], {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x',
      KAFKA_TOPIC_PARTITIONS: 'many',
      LOG_LEVEL: 'loud',
    });
    expect(answer).toEqual({
      code: 1,
      output: expect.stringMatching(/KAFKA_TOPIC_PARTITIONS[\s\S]*LOG_LEVEL|LOG_LEVEL[\s\S]*KAFKA_TOPIC_PARTITIONS/),
    });
  });
});
