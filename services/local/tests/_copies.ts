import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CopyObjectCommand,
  type ListObjectsV2CommandOutput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Settings } from '@millrace/platform/testing/s3';
import pg from 'pg';

const run = promisify(execFile);

/** Why PostgreSQL's own tools cannot back up this server here; undefined where they can. */
export async function whyNoDump(url: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('pg_dump', ['--version']);
    const tool = Number(/ (\d+)/.exec(stdout)?.[1] ?? 0);
    const [server] = await query(url, `select current_setting('server_version_num')::int / 10000 as major`);
    const { major } = server as { major: number };
    return tool >= major ? undefined : `pg_dump is of version ${tool}, the server of ${major}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'there is no pg_dump';
    throw error;
  }
}

/** As docs/operations/backup.md says. */
export async function dumpAndRestore(from: string, to: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-dump-'));
  const file = join(folder, 'millrace.dump');
  await run('pg_dump', ['--format=custom', `--file=${file}`, from]);
  await run('pg_restore', ['--exit-on-error', '--no-owner', `--dbname=${to}`, file]);
  await rm(folder, { recursive: true });
}

/** PostgreSQL's own copy of the files of a database; nobody may be connected to it. */
export async function copyDatabase(server: string, from: string, to: string): Promise<void> {
  const name = (url: string) => pg.escapeIdentifier(new URL(url).pathname.slice(1));
  await query(server, `drop database ${name(to)}`);
  await query(server, `create database ${name(to)} template ${name(from)}`);
}

export async function copyBucket(from: S3Settings, to: S3Settings): Promise<void> {
  const client = new S3Client(from);
  const pages: AsyncIterable<ListObjectsV2CommandOutput> = paginateListObjectsV2({ client }, { Bucket: from.bucket });
  for await (const { Contents = [] } of pages) {
    for (const { Key } of Contents) {
      await client.send(new CopyObjectCommand({ Bucket: to.bucket, Key, CopySource: `${from.bucket}/${Key}` }));
    }
  }
  client.destroy();
}

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
