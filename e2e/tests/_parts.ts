import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import type { Parts, S3 } from '../programs/service.ts';

/** A database, a bucket and a topic prefix of the caller's own, on the servers that the test run has. */
export async function openParts(): Promise<Parts & { readonly close: () => Promise<void> }> {
  const name = `e2e_${randomBytes(6).toString('hex')}`;
  const server = new URL(variable('TEST_DATABASE_URL'));
  await execute(server.href, `create database ${name}`);
  const s3 = {
    endpoint: variable('TEST_S3_ENDPOINT'),
    bucket: name.replace('_', '-'),
    accessKeyId: process.env['TEST_S3_ACCESS_KEY_ID'] ?? 'minioadmin',
    secretAccessKey: process.env['TEST_S3_SECRET_ACCESS_KEY'] ?? 'minioadmin',
  };
  await createBucket(s3);
  return {
    databaseUrl: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    kafkaBrokers: variable('TEST_KAFKA_BROKERS').split(','),
    topicPrefix: `${name}.`,
    s3,
    close: () => execute(server.href, `drop database ${name} with (force)`),
  };
}

async function createBucket({ endpoint, bucket, ...credentials }: S3): Promise<void> {
  const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
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

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the jest set-up starts the real parts and says where they are`);
  return value;
}
