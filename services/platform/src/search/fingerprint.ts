import { createHash } from 'node:crypto';

/** A short text for anything that JSON can hold: the same for the same, different for all else. */
export function fingerprint(json: unknown): string {
  return createHash('sha256').update(JSON.stringify(json)).digest('base64url').slice(0, 16);
}
