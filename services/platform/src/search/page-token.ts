import { InvalidParameterError } from '../errors.ts';

/** The first page's token is the empty string; tokens are not bound to the query they came from. */
export function readOffset(token: string | undefined): number {
  if (!token) return 0;
  const offset = offsetIn(token);
  if (!Number.isSafeInteger(offset) || (offset as number) <= 0) {
    throw new InvalidParameterError(`Invalid page token, parsed value=${shown(offset)}`);
  }
  return offset as number;
}

export function writeOffset(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString('base64');
}

const MAX_SHOWN = 200;

/** What a token held, for a message: a caller can put anything into one. */
export function shown(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? 'null').slice(0, MAX_SHOWN);
  } catch {
    return 'nested too deeply';
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function offsetIn(token: string): unknown {
  if (!BASE64.test(token)) throw new InvalidParameterError('Invalid page token, could not base64-decode');
  const text = Buffer.from(token, 'base64').toString();
  try {
    const json = JSON.parse(text) as { readonly offset?: unknown } | null;
    return json?.offset;
  } catch {
    throw new InvalidParameterError(`Invalid page token, decoded value=${text.slice(0, 100)}`);
  }
}
