import { InvalidParameterError } from '@millrace/platform/errors';
import { contextOf } from '@millrace/platform/http/call-context';
import type { Request, Response } from 'express';
import { findOpenUpload, MAX_PART_BYTES, putPart } from '../domain/multipart.ts';
import { checkPartAddress } from '../domain/part-address.ts';
import type { UploadDeps } from '../domain/upload-artifact.ts';
import { guardRate } from './guard-rate.ts';

/** Clients send parts bare, as they would to S3: the signed address is all the permission there is, given out with the upload. */
export const putSignedPart =
  (deps: UploadDeps) =>
  async (req: Request, res: Response): Promise<void> => {
    const query = new URLSearchParams(req.originalUrl.split('?', 2)[1]);
    const number = Number(req.params['number']);
    const expires = Number(query.get('expires'));
    const upload = await findOpenUpload(deps, String(req.params['upload_id']));
    checkPartAddress(upload, { number, expires }, query.get('signature') ?? '');
    const sizeBytes = partBytes(req);
    guardRate(req, res);
    const etag = await putPart(deps, upload, { number, body: req, sizeBytes }, contextOf(res).signal);
    res.setHeader('etag', etag);
    res.setHeader('content-length', 0);
    res.end();
  };

function partBytes({ headers }: Request): number {
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (headers['transfer-encoding'] !== undefined || !Number.isSafeInteger(length))
    throw new InvalidParameterError('A part must be sent with its Content-Length');
  if (length > MAX_PART_BYTES) throw new InvalidParameterError(`A part may have at most ${MAX_PART_BYTES} bytes`);
  return length;
}
