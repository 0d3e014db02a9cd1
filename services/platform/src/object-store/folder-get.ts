import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { isMissing } from './folder-errors.ts';
import { locate } from './folder-paths.ts';
import { type GetOptions, type ObjectBody, type ObjectInfo, RangeNotSatisfiable } from './object-store.ts';

const CHUNK_BYTES = 256 * 1024;
// Not through a link, and not waiting for the other end of a pipe.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

type OpenFile = { readonly file: FileHandle; readonly info: ObjectInfo };

export async function getFile(root: string, key: string, options: GetOptions): Promise<ObjectBody | undefined> {
  const opened = await openFile(root, key);
  return opened && bodyOf(opened, options);
}

export async function statFile(root: string, key: string): Promise<ObjectInfo | undefined> {
  const opened = await openFile(root, key);
  await opened?.file.close();
  return opened?.info;
}

/** Changes whenever the file is replaced: a new upload is a new inode. */
export function etagOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `"${[ino, size, mtimeNs].map((part) => part.toString(36)).join('-')}"`;
}

async function openFile(root: string, key: string): Promise<OpenFile | undefined> {
  const path = await locate(root, key);
  const file = path && (await openPlain(path));
  if (!file) return undefined;
  const stats = await file.stat({ bigint: true });
  if (stats.isFile())
    return { file, info: { totalBytes: Number(stats.size), etag: etagOf(stats), modifiedAt: stats.mtime } };
  await file.close();
  return undefined;
}

async function openPlain(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, FLAGS);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function bodyOf({ file, info }: OpenFile, { range, signal }: GetOptions): Promise<ObjectBody> {
  if (range && range.first >= info.totalBytes) {
    await file.close();
    throw new RangeNotSatisfiable(`The object has ${info.totalBytes} bytes`);
  }
  const start = range?.first ?? 0;
  const end = Math.min(range?.last ?? Number.POSITIVE_INFINITY, info.totalBytes - 1);
  // An end before the start is how an empty file reads as nothing; without an end a growing file would outrun its length.
  const stream = file.createReadStream({ start, end: Math.max(end, start), highWaterMark: CHUNK_BYTES });
  if (signal) addAbortSignal(signal, stream);
  return { ...info, stream, sizeBytes: end - start + 1 };
}
