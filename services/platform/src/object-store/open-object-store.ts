import { openFolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import { openS3Store } from './s3-store.ts';

export type S3Config = {
  readonly provider: 's3';
  /** Without it, AWS. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Objects lie below it, so that several installations can share a bucket. */
  readonly prefix?: string | undefined;
  /** Without it, where the AWS SDK looks by itself: environment, profile, web identity, instance. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly forcePathStyle: boolean;
};

export type FolderConfig = { readonly provider: 'folder'; readonly path: string };
export type ObjectStoreConfig = S3Config | FolderConfig;

/** Opens without contact to the store: whether it can be used is what `check` says. */
export function openObjectStore(config: ObjectStoreConfig): ObjectStore {
  switch (config.provider) {
    case 's3':
      return openS3Store(config);
    case 'folder':
      return openFolderStore(config.path);
  }
}
