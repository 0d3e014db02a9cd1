import { NotImplementedError } from '@millrace/platform/errors';
import { sendJson } from '@millrace/platform/http/respond';
import type { ObjectStore } from '@millrace/platform/object-store/object-store';
import { mimeType } from '../domain/mime-type.ts';
import type { Transfers } from '../domain/transfers.ts';
import type { ArtifactHandler } from './artifact-call.ts';
import { missing } from './missing.ts';

type Deps = { readonly store: ObjectStore; readonly transfers: Transfers };

/** Where the client can read the file from the store itself. Any 501 is for clients the word to download through us. */
export const presignDownload =
  ({ store, transfers }: Deps): ArtifactHandler =>
  async (call) => {
    const { path, key, isDirectory, res } = call;
    if (transfers.mode === 'proxy' || !store.presign)
      throw new NotImplementedError('Multipart download is not supported for the current artifact repository');
    const info = isDirectory ? undefined : await store.stat(key);
    if (!info) throw await missing(store, call);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const signed = await store.presign.get(key, {
      expiresSeconds: transfers.downloadUrlSeconds,
      contentType: mimeType(name),
      contentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, escaped)}`,
    });
    // clients read in ranges, and of an empty file there is none
    const size = info.totalBytes > 0 ? { file_size: info.totalBytes } : {};
    sendJson(res, 200, JSON.stringify({ ...signed, ...size }));
  };

const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
