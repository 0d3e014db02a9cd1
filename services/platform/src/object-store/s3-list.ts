import { ListObjectsV2Command, S3ServiceException } from '@aws-sdk/client-s3';
import { InvalidParameterError } from '../errors.ts';
import type { Entry, ListOptions, ListPage } from './object-store.ts';
import { inTime } from './s3-in-time.ts';
import { fullPrefix, type S3Location } from './s3-location.ts';

/** S3 gives at most 1000 entries a page, whatever the limit. */
export async function listObjects(location: S3Location, dir: string, options: ListOptions): Promise<ListPage> {
  const { pageToken, limit } = options;
  const prefix = fullPrefix(location, dir);
  const command = new ListObjectsV2Command({
    Bucket: location.bucket,
    Prefix: prefix,
    Delimiter: '/',
    MaxKeys: limit,
    ContinuationToken: pageToken,
  });
  const answer = await inTime(location, (limits) => location.client.send(command, limits)).catch(
    explainToken(pageToken),
  );
  const files = (answer.Contents ?? []).map(({ Key = '', Size = 0 }) => entry(Key.slice(prefix.length), false, Size));
  const dirs = (answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => entry(Prefix.slice(prefix.length, -1), true, 0));
  // A console marks an empty directory by an object of its own name.
  const entries = [...files, ...dirs].filter(({ name }) => name !== '');
  return { entries: entries.sort((a, b) => (a.name < b.name ? -1 : 1)), nextPageToken: answer.NextContinuationToken };
}

const entry = (name: string, isDir: boolean, sizeBytes: number): Entry => ({ name, isDir, sizeBytes });

const explainToken =
  (pageToken: string | undefined) =>
  (error: unknown): never => {
    const refused = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 400;
    if (refused && pageToken !== undefined) throw new InvalidParameterError('Invalid page token', { cause: error });
    throw error;
  };
