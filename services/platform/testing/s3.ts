import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { variable } from './variable.ts';

export type S3Settings = Awaited<ReturnType<typeof s3Settings>>;

/** A real S3 server and a new empty bucket on it. */
export const s3Settings = () => newBucket('TEST_S3');

/** The same on a server of another make. */
export const secondS3Settings = () => newBucket('TEST_S3_SECOND');

/** The keys of uploads in parts that were begun and neither completed nor aborted. */
export async function unfinishedUploads({ bucket, ...access }: S3Settings): Promise<string[]> {
  const client = new S3Client(access);
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  client.destroy();
  return Uploads.map(({ Key = '' }) => Key);
}

async function newBucket(prefix: string) {
  const access = {
    endpoint: variable(`${prefix}_ENDPOINT`),
    region: process.env['TEST_S3_REGION'] ?? 'us-east-1',
    credentials: {
      accessKeyId: variable(`${prefix}_ACCESS_KEY_ID`),
      secretAccessKey: variable(`${prefix}_SECRET_ACCESS_KEY`),
    },
    forcePathStyle: true,
  } as const;
  const bucket = `millrace-test-${randomUUID()}`;
  const client = new S3Client(access);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return { ...access, bucket };
}
