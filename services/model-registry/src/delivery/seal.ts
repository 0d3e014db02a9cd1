import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

type Key = { readonly id: Buffer; readonly bytes: Buffer };

/** The first one seals; all of them open, so that a key can be replaced. */
export type Keys = readonly [Key, ...Key[]];

const ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keys of 32 bytes in base64 or base64url, which is also how Fernet's are written, separated by commas. Throws. */
export function parseKeys(text: string): Keys {
  const [first, ...others] = text.split(',').map((part) => {
    const bytes = Buffer.from(part.trim(), 'base64url');
    if (bytes.length !== 32 || !/^[\w+/-]{43}=?$/.test(part.trim())) throw new Error('must be 32 bytes in base64');
    return { id: createHash('sha256').update(bytes).digest().subarray(0, ID_BYTES), bytes };
  });
  if (!first) throw new Error('must be 32 bytes in base64');
  return [first, ...others];
}

/** AES-256-GCM; `place` says where the text belongs, and it cannot be opened in any other place. */
export function seal([{ id, bytes }]: Keys, place: string, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([id, nonce, cipher.getAuthTag(), sealed]);
}

/** Throws when none of the keys has sealed it, or when it was changed since. */
export function open(keys: Keys, place: string, sealed: Buffer): string {
  const key = keys.find(({ id }) => id.equals(sealed.subarray(0, ID_BYTES)));
  if (!key) throw new Error('it was encrypted with a key that is no longer configured');
  const [nonce, tag] = [ID_BYTES, ID_BYTES + NONCE_BYTES];
  const start = tag + TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, sealed.subarray(nonce, tag), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(tag, start));
  return Buffer.concat([decipher.update(sealed.subarray(start)), decipher.final()]).toString('utf8');
}
