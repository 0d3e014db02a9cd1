import type { ObjectInfo } from '@millrace/platform/object-store/object-store';
import type { Response } from 'express';
import { mimeType } from '../domain/mime-type.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What a file is, and that a browser must save it rather than run it: what it holds is anybody's. */
export function setDescription(res: Response, path: string, { etag, modifiedAt }: ObjectInfo): void {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (TOKEN.test(name)) res.setHeader('content-disposition', `attachment; filename=${name}`);
  else res.attachment(name); // quoted, and in RFC 5987's form beside it when it is not Latin
  res.setHeader('content-type', mimeType(name)); // not by `res.type`, which adds a charset
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('content-security-policy', "sandbox; default-src 'none'");
  res.setHeader('cache-control', 'no-cache');
  res.setHeader('accept-ranges', 'bytes');
  res.setHeader('last-modified', modifiedAt.toUTCString());
  if (etag) res.setHeader('etag', etag);
}
