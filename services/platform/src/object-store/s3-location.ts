import type { S3Client, ServerSideEncryption } from '@aws-sdk/client-s3';
import { keySegments } from './key.ts';

/** A bucket, or the part of one below a prefix, and how to reach it. */
export type S3Location = {
  readonly client: S3Client;
  /** The same, but adds no checksums: for parts that clients cut, whose checksums they do not repeat at the end. */
  readonly plainClient: S3Client;
  readonly bucket: string;
  /** For a call that moves no body, with its retries. */
  readonly deadlineMs: number;
  /** '' or with a slash at its end. */
  readonly prefix: string;
  /** How the store encrypts what is written, where it is not left to the bucket. */
  readonly encryption: { readonly ServerSideEncryption?: ServerSideEncryption; readonly SSEKMSKeyId?: string };
};

export const fullKey = ({ prefix }: Pick<S3Location, 'prefix'>, key: string): string =>
  prefix + keySegments(key).join('/');

/** What every key below `dir` begins with. */
export const fullPrefix = (location: Pick<S3Location, 'prefix'>, dir: string): string =>
  dir === '' ? location.prefix : `${fullKey(location, dir)}/`;
