import { DeleteObjectCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { UnavailableError } from '../errors.ts';
import { headObject } from './s3-get.ts';
import { inTime } from './s3-in-time.ts';
import { fullKey, type S3Location } from './s3-location.ts';

/** Looks first, since S3 answers the same whether there was something to delete. */
export async function deleteObject(location: S3Location, key: string): Promise<boolean> {
  if (!(await headObject(location, key))) return false;
  const command = new DeleteObjectCommand({ Bucket: location.bucket, Key: fullKey(location, key) });
  await inTime(location, (limits) => location.client.send(command, limits));
  return true;
}

/** In batches of a thousand; what a failure leaves is deleted when it is asked again. */
export async function deleteObjects(location: S3Location, dir: string): Promise<number> {
  const prefix = `${fullKey(location, dir)}/`;
  let count = 0;
  for (;;) {
    const keys = await firstKeys(location, prefix);
    if (keys.length === 0) return count;
    await deleteBatch(location, keys);
    count += keys.length;
  }
}

/** Of a listing from the start each time: deleted keys are no longer in it, and none is passed over. */
async function firstKeys(location: S3Location, prefix: string): Promise<string[]> {
  const command = new ListObjectsV2Command({ Bucket: location.bucket, Prefix: prefix });
  const { Contents = [] } = await inTime(location, (limits) => location.client.send(command, limits));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

async function deleteBatch(location: S3Location, keys: readonly string[]): Promise<void> {
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
  const command = new DeleteObjectsCommand({ Bucket: location.bucket, Delete });
  const { Errors = [] } = await inTime(location, (limits) => location.client.send(command, limits));
  const [first] = Errors;
  if (first)
    throw new UnavailableError('The artifact store could not delete everything', {
      cause: new Error(`${Errors.length} objects, the first: ${first.Key} ${first.Code} ${first.Message}`),
    });
}
