import type { S3Client } from '@aws-sdk/client-s3';
import { keySegments } from './key.ts';

/** A bucket, or the part of one below a prefix, and how to reach it. */
export type S3Location = {
  readonly client: S3Client;
  readonly bucket: string;
  /** '' or with a slash at its end. */
  readonly prefix: string;
};

export const fullKey = ({ prefix }: S3Location, key: string): string => prefix + keySegments(key).join('/');

/** What every key below `dir` begins with. */
export const fullPrefix = (location: S3Location, dir: string): string =>
  dir === '' ? location.prefix : `${fullKey(location, dir)}/`;
