import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { InvalidParameterError } from '../errors.ts';
import { isMissing } from './folder-errors.ts';
import { etagOf } from './folder-get.ts';
import { HIDDEN, makeFolder, syncDirectory, visibleSegments } from './folder-paths.ts';
import { moveInto, writeDraft } from './folder-put.ts';
import { keySegments } from './key.ts';
import { type Multipart, type MultipartUpload, NoSuchUpload, type Part } from './object-store.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Folders of parts; they may be older than other drafts before they count as abandoned. */
export const PARTS_PREFIX = 'parts-';

/** Parts are hidden files, put together when the upload is complete. */
export function folderMultipart(inRoot: <T>(work: (root: string) => Promise<T>) => Promise<T>): Multipart {
  return {
    begin: (key, mark) => inRoot((root) => begin(root, key, mark)),
    put: (upload, number, body, options) =>
      inRoot(async (root) => {
        const dir = await partsFolder(root, upload);
        const draft = join(dir, `draft-${randomUUID()}`);
        try {
          const stored = await writeDraft(draft, body, options);
          await rename(draft, join(dir, String(number)));
          await syncDirectory(dir);
          return stored;
        } catch (error) {
          await rm(draft, { force: true });
          throw isMissing(error) ? new NoSuchUpload('It was given up in the meantime', { cause: error }) : error;
        }
      }),
    complete: (upload, parts) => inRoot((root) => complete(root, upload, parts)),
    find: ({ key, mark }) =>
      inRoot((root) =>
        partsFolder(root, { key, mark, id: mark }).then(
          () => [mark],
          (error: unknown) => noneIfMissing(error),
        ),
      ),
    completed: (upload) => inRoot((root) => findCompleted(root, upload)),
    abort: ({ id }) => inRoot((root) => rm(join(root, HIDDEN, PARTS_PREFIX + id), { recursive: true, force: true })),
  };
}

/** The mark is the id, so that it is known before. */
async function begin(root: string, key: string, id: string): Promise<string> {
  visibleSegments(key);
  keySegments(id);
  await makeFolder(join(root, HIDDEN));
  await mkdir(join(root, HIDDEN, PARTS_PREFIX + id));
  await syncDirectory(join(root, HIDDEN));
  return id;
}

function noneIfMissing(error: unknown): string[] {
  if (error instanceof NoSuchUpload) return [];
  throw error;
}

async function partsFolder(root: string, { id }: MultipartUpload): Promise<string> {
  const dir = join(root, HIDDEN, PARTS_PREFIX + id);
  const found = await lstat(dir).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (!found?.isDirectory()) throw new NoSuchUpload('There is no such upload');
  return dir;
}

/** The parts stay until the upload is aborted, so that this can be done again after a crash. */
async function complete(root: string, upload: MultipartUpload, parts: readonly Part[]) {
  const dir = await partsFolder(root, upload);
  const files = await Promise.all(parts.map((part) => checkPart(dir, part)));
  const draft = join(root, HIDDEN, randomUUID());
  try {
    const stored = await writeDraft(draft, Readable.from(contents(files), { objectMode: false }), { digest: true });
    await remember(dir, stored.etag);
    await moveInto(root, upload.key, draft);
    return stored;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function checkPart(dir: string, { number, etag }: Part): Promise<string> {
  const path = join(dir, String(number));
  const stats = await lstat(path, { bigint: true }).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (!stats || (etag !== '' && etagOf(stats) !== etag))
    throw new InvalidParameterError(`Part ${number} was not uploaded, or has another tag`);
  return path;
}

async function* contents(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files) yield* createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
}

const DONE = 'done';

/** Written before the object appears: the tag it will have. */
async function remember(dir: string, etag: string): Promise<void> {
  await using file = await open(join(dir, DONE), 'w');
  await file.writeFile(etag);
  await file.sync();
}

async function findCompleted(root: string, upload: MultipartUpload) {
  const path = join(root, HIDDEN, PARTS_PREFIX + upload.id, DONE);
  try {
    await using file = await open(path, 'r');
    const etag = await file.readFile('utf8');
    const stats = await lstat(join(root, ...visibleSegments(upload.key)), { bigint: true });
    return etagOf(stats) === etag ? { etag, sizeBytes: Number(stats.size) } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
