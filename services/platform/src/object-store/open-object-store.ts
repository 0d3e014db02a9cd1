import { openFolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3Config } from './s3-config.ts';
import { openS3Store } from './s3-store.ts';

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
