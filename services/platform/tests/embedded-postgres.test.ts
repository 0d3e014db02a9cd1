import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/embedded-postgres.ts';
import { query, startOwner } from './_embedded-postgres.ts';

const log = pino({ level: 'silent' });

describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  let running: EmbeddedPostgres[];

  const start = async (folder = dataDir) => {
    const server = await startEmbeddedPostgres({ dataDir: folder, log });
    running.push(server);
    return server;
  };

  beforeEach(() => {
    running = [];
    dataDir = mkdtempSync(join(tmpdir(), 'embedded-'));
    chmodSync(dataDir, 0o755);
  });
  afterEach(async () => {
    for (const server of running) await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('serves a durable UTF-8 database that only a socket leads to', async () => {
    const { url } = await start();
    const [row] = await query(
      url,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
              current_setting('data_checksums') as data_checksums, current_setting('listen_addresses') as listen_addresses,
              current_setting('server_encoding') as encoding, current_database() as database, upper('é') as upper`,
    );
    expect(row).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      data_checksums: 'on',
      listen_addresses: '',
      encoding: 'UTF8',
      database: 'millrace',
      upper: 'É',
    });
  });

  it('lets nobody but its own account and root to its data and its socket', async () => {
    await start();
    expect(statSync(join(dataDir, 'cluster')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'run')).mode & 0o777).toBe(0o700);
  });

  it('keeps its data over a stop and a start, and stopping twice is the same as once', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 42 as answer');
    await Promise.all([first.stop(), first.stop()]);
    expect(existsSync(join(dataDir, 'cluster', 'postmaster.pid'))).toBe(false);

    const second = await start();
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('tells which process is using the folder when a second one comes, in another process or in the same', async () => {
    const owner = await startOwner(dataDir);
    try {
      await expect(start()).rejects.toThrow(`Another Millrace (pid ${owner.pid}) is using ${dataDir}`);
    } finally {
      await owner.kill();
    }
    await start();
    await expect(start()).rejects.toThrow(`Another Millrace (pid ${process.pid}) is using ${dataDir}`);
  });

  it('has every committed row after its owner was killed, whether or not the old server still runs', async () => {
    const owner = await startOwner(dataDir);
    await query(owner.url, 'create table kept as select 1 as answer');
    await owner.kill();
    const { url, pid } = await start();
    expect(pid).not.toBe(owner.serverPid);
    expect(await query(url, 'select answer from kept')).toEqual([{ answer: 1 }]);
  });

  it('has every committed row after owner and server were killed at once', async () => {
    const owner = await startOwner(dataDir);
    await query(owner.url, 'create table kept as select 1 as answer');
    process.kill(owner.serverPid, 'SIGKILL');
    await owner.kill();
    const { url } = await start();
    expect(await query(url, 'select answer from kept')).toEqual([{ answer: 1 }]);
  });

  it('starts although the process id in a left-over pid file now belongs to another program, and lets that live', async () => {
    const first = await start();
    const file = join(dataDir, 'cluster', 'postmaster.pid');
    const left = readFileSync(file, 'utf8');
    await first.stop();
    const bystander = spawn('sleep', ['600'], { stdio: 'ignore' });
    try {
      writeFileSync(file, left.replace(/^\d+/, String(bystander.pid)));
      await start();
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    } finally {
      bystander.kill('SIGKILL');
      await once(bystander, 'exit');
    }
  });

  it('begins again when an earlier first start was cut off', async () => {
    mkdirSync(join(dataDir, 'cluster.new-abcdef'));
    await start();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('cluster'))).toEqual(['cluster']);
  });

  it('listens elsewhere when the path of the folder is too long for a socket', async () => {
    const { url, stop } = await start(join(dataDir, 'x'.repeat(100), 'a, b'));
    const sockets = new URL(url).searchParams.get('host') ?? '';
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(sockets.startsWith(tmpdir())).toBe(true);
    await stop();
    expect(existsSync(sockets)).toBe(false);
  });

  it('says so when the server ends by itself', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGINT');
    expect(typeof (await server.lost)).toBe('string');
  });

  it('names both versions when another PostgreSQL made the folder', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(/was made by PostgreSQL 15 and this Millrace brings PostgreSQL 18/);
  });

  it('says in one sentence that it cannot write to the folder', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    await expect(start(join(file, 'data'))).rejects.toThrow(
      /^Cannot write to .*; choose another data folder with --data\.$/,
    );
  });

  it('runs under an account that is not root, also below a folder closed to all others', async () => {
    chmodSync(dataDir, 0o700);
    await start();
    expect(statSync(join(dataDir, 'cluster')).uid).not.toBe(0);
  });
});
