import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { InvalidParameterError } from '../errors.ts';
import { GrowingBuffer } from './growing-buffer.ts';

const MAX_DEPTH = 100;
/** The server's own time limit for a request is off where artifacts are streamed, so this one must hold alone. */
const BODY_TIMEOUT_MS = 60_000;

/**
 * Never holds more than `maxBytes`: what is longer is refused by its declared length, or at the first byte that is too many.
 * `hold` is told of every byte before it is kept, and may throw.
 */
export function readBody(
  req: IncomingMessage,
  maxBytes: number,
  hold: (bytes: number) => void,
): Promise<Buffer> | Buffer {
  const declared = declaredLength(req);
  if (declared === 0) return Buffer.alloc(0);
  const tooLarge = () => new InvalidParameterError(`Request body must be at most ${maxBytes} bytes`);
  if (declared > maxBytes) throw tooLarge();
  return new Promise((done, fail) => {
    const body = new GrowingBuffer();
    const timer = setTimeout(() => stop(tooSlow()), BODY_TIMEOUT_MS); // also for a body of which not one byte comes
    const keep = (chunk: Buffer) => {
      try {
        if (body.length + chunk.length > maxBytes) throw tooLarge();
        hold(chunk.length);
        body.add(chunk);
      } catch (error) {
        stop(error);
      }
    };
    const stop = (error: unknown) => {
      req.off('data', keep); // the rest is not kept, and not held
      fail(error);
    };
    req.on('data', keep);
    req.on('end', () => {
      clearTimeout(timer);
      done(body.bytes);
    });
    req.on('error', fail);
    req.on('close', () => clearTimeout(timer));
  });
}

/** NaN when the body comes in chunks. */
function declaredLength({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Number.NaN;
  return Number(headers['content-length'] ?? 0);
}

const tooSlow = () => new InvalidParameterError(`Request body did not arrive within ${BODY_TIMEOUT_MS / 1000} s`);

/** As MLflow: what is no JSON counts as `{}`, and old clients send their JSON as a JSON string. */
export function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw new InvalidParameterError('Request body must be UTF-8');
  const json = parseOrEmpty(body);
  return typeof json === 'string' ? parseOrEmpty(Buffer.from(json)) : json;
}

function parseOrEmpty(body: Buffer): unknown {
  if (isDeeper(body, MAX_DEPTH))
    throw new InvalidParameterError(`Request body must not be nested more than ${MAX_DEPTH} levels deep`);
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return {};
  }
}

const [QUOTE, OPEN, CLOSE, BACKSLASH] = [1, 2, 3, 0x5c];
const KIND = new Uint8Array(256);
for (const [kind, characters] of [[QUOTE, '"'] as const, [OPEN, '[{'] as const, [CLOSE, ']}'] as const])
  for (const character of characters) KIND[character.charCodeAt(0)] = kind;

/** Looked up before parsing, so that nothing behind it needs to fear deep recursion. Takes 1 µs per kB. */
function isDeeper(body: Buffer, max: number): boolean {
  if (body.length <= 2 * max) return false;
  let depth = 0;
  for (let i = 0; i < body.length; i++) {
    const kind = KIND[body[i] as number];
    if (kind === OPEN && ++depth > max) return true;
    if (kind === CLOSE) depth--;
    if (kind === QUOTE) i = endOfText(body, i + 1);
  }
  return false;
}

function endOfText(body: Buffer, start: number): number {
  let i = start;
  while (i < body.length && KIND[body[i] as number] !== QUOTE) i += body[i] === BACKSLASH ? 2 : 1;
  return i;
}

/** MLflow checks this for POST and PUT only. */
export function checkContentType(req: IncomingMessage): void {
  if (req.method !== 'POST' && req.method !== 'PUT') return;
  const type = req.headers['content-type'];
  if (type === 'application/json') return;
  if (type === undefined) throw new InvalidParameterError('Bad Request. Content-Type header is missing.');
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    throw new InvalidParameterError("Bad Request. Content-Type must be one of ['application/json'].");
  }
}
