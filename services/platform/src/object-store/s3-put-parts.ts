import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { PutOptions } from './object-store.ts';
import { MAX_HELD, partSize } from './part-size.ts';
import type { Pieces } from './pieces.ts';
import type { S3Location } from './s3-location.ts';
import { abortUpload, beginUpload, completeUpload, type S3Upload, type SentPart, sendPart } from './s3-upload.ts';

const PARTS_IN_FLIGHT = 2;

/**
 * Parts are held in memory while they travel, so that each can be sent again: three at a time, in buffers that are used over
 * and over. Those of bodies beyond 156 GiB would be too large for that; they stream, one by one. `fail` ends the body.
 */
export async function putInParts(
  location: S3Location,
  key: string,
  pieces: Pieces,
  first: Buffer | undefined,
  options: PutOptions,
  fail: (error: Error) => void,
): Promise<string> {
  const mark = options.journal?.mark ?? randomUUID();
  await options.journal?.begin();
  const id = await beginUpload(location, key, mark, true);
  const upload = { key, id, mark };
  try {
    await options.journal?.begun(id);
    const parts = first
      ? await sendHeld(location, upload, pieces, first, options, fail)
      : await sendStreams(location, upload, pieces, options);
    options.signal?.throwIfAborted();
    return await completeUpload(location, upload, parts);
  } catch (error) {
    await abortUpload(location, upload).catch(() => {}); // its parts stay until whoever keeps the journal tries again
    throw error;
  }
}

async function sendHeld(
  location: S3Location,
  upload: S3Upload,
  pieces: Pieces,
  first: Buffer,
  { sizeBytes, signal }: PutOptions,
  fail: (error: Error) => void,
): Promise<SentPart[]> {
  const parts: SentPart[] = [];
  const sending = new Set<Promise<unknown>>();
  const free: Buffer[] = [];
  let failed: Error | undefined;
  const send = (number: number, body: Buffer) => {
    const sent = sendPart(location, upload, number, { body, sizeBytes: body.length, signal })
      .then((part) => {
        parts[number - 1] = part;
        free.push(Buffer.from(body.buffer));
      })
      .catch((error: Error) => {
        failed ??= error;
        fail(error);
      })
      .finally(() => sending.delete(sent));
    sending.add(sent);
  };
  try {
    send(1, first);
    for (let number = 2; !(await pieces.atEnd()); number += 1) {
      if (sending.size > PARTS_IN_FLIGHT) await Promise.race(sending);
      send(number, await pieces.fill(bufferOf(free, partSize(number, sizeBytes))));
    }
  } catch (error) {
    failed ??= error as Error;
  }
  await Promise.all(sending); // also when it has failed: a part that arrives behind the abort would stay
  if (failed) throw failed;
  return parts;
}

function bufferOf(free: Buffer[], bytes: number): Buffer {
  const used = free.pop();
  return used && used.length >= bytes ? used.subarray(0, bytes) : Buffer.allocUnsafeSlow(bytes);
}

async function sendStreams(
  location: S3Location,
  upload: S3Upload,
  pieces: Pieces,
  { sizeBytes = 0, signal }: PutOptions,
): Promise<SentPart[]> {
  const parts: SentPart[] = [];
  const most = partSize(1, sizeBytes);
  for (let left = sizeBytes; left > 0; left -= most) {
    const bytes = Math.min(left, most);
    const body = Readable.from(pieces.next(bytes), { objectMode: false });
    parts.push(await sendPart(location, upload, parts.length + 1, { body, sizeBytes: bytes, signal }));
  }
  await pieces.atEnd(); // the body may be longer than it said
  return parts;
}

/** A part that somebody else cut: small enough to be held, it is sent again when the store fails. */
export async function putPart(
  location: S3Location,
  upload: S3Upload,
  number: number,
  pieces: Pieces,
  { sizeBytes, signal }: { readonly sizeBytes: number; readonly signal?: AbortSignal | undefined },
): Promise<string> {
  if (sizeBytes > MAX_HELD) {
    const body = Readable.from(pieces.next(sizeBytes), { objectMode: false });
    return (await sendPart(location, upload, number, { body, sizeBytes, signal, plain: true })).ETag;
  }
  const body = await pieces.fill(Buffer.allocUnsafeSlow(sizeBytes));
  await pieces.atEnd();
  return (await sendPart(location, upload, number, { body, sizeBytes, signal, plain: true })).ETag;
}
