import { createHmac, timingSafeEqual } from 'node:crypto';
import { PermissionDeniedError } from '@millrace/platform/errors';
import type { Upload } from '../store/uploads.ts';

type Signed = { readonly number: number; readonly expires: number };

/** The end of the address to which a part is sent. Whoever has it may send that part, until it expires. */
export function partAddress(upload: Upload, number: number, expires: number): string {
  return `${upload.id}/${number}?expires=${expires}&signature=${sign(upload, { number, expires }).toString('base64url')}`;
}

export function checkPartAddress(upload: Upload, signed: Signed, signature: string): void {
  const given = Buffer.from(signature, 'base64url');
  const expected = sign(upload, signed);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new PermissionDeniedError('The signature of this address is wrong');
  if (signed.expires * 1000 < Date.now()) throw new PermissionDeniedError('This address has expired');
}

const sign = ({ id, secret }: Upload, { number, expires }: Signed): Buffer =>
  createHmac('sha256', secret).update(`${id}/${number}/${expires}`).digest();
