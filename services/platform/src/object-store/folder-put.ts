import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Counted } from './counted.ts';
import { errorCode, folderError } from './folder-errors.ts';
import { etagOf } from './folder-get.ts';
import { HIDDEN, locateForWriting, makeFolder, syncDirectory, visibleSegments } from './folder-paths.ts';
import type { PutOptions, StoredObject } from './object-store.ts';

const RENAME_ATTEMPTS = 5;
/** What goes to the disk in one call: calls cost more than bytes. */
const WRITTEN_TOGETHER = 512 * 1024;

/** Writes beside the objects, then renames: readers see the old bytes or all of the new ones, also after a power cut. */
export async function putFile(root: string, key: string, body: Readable, options: PutOptions): Promise<StoredObject> {
  visibleSegments(key); // before a byte is written
  const draft = join(root, HIDDEN, randomUUID());
  try {
    const stored = await writeDraft(draft, body, options);
    await moveInto(root, key, draft);
    return stored;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Resolves when the bytes are on the disk. */
export async function writeDraft(draft: string, body: Readable, options: PutOptions): Promise<StoredObject> {
  const counted = new Counted(body, options);
  try {
    await makeFolder(dirname(draft)); // somebody may have tidied up while we run
    await write(draft, counted);
    const etag = etagOf(await lstat(draft, { bigint: true }));
    return { sizeBytes: counted.bytes, etag, sha256: counted.sha256() };
  } catch (error) {
    throw counted.bodyError ?? folderError(error);
  } finally {
    counted.destroy();
  }
}

async function write(draft: string, body: Counted): Promise<void> {
  await using file = await open(draft, 'wx');
  for (;;) {
    const chunks = await body.nextTogether(WRITTEN_TOGETHER);
    if (chunks.length === 0) break;
    await writeAll(file, chunks);
    for (const chunk of chunks) body.release(chunk);
  }
  await file.sync();
}

/** A disk may take less than it is given. */
async function writeAll(file: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let { bytesWritten: done } = await file.writev(chunks);
  for (const rest = done < bytes && Buffer.concat(chunks); rest && done < bytes; )
    done += (await file.write(rest, done)).bytesWritten;
}

/** Makes the draft the object. A delete that prunes emptied directories may take ours away between making it and the rename: then make it again. */
export async function moveInto(root: string, key: string, draft: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const path = await locateForWriting(root, key);
      await rename(draft, path);
      await syncDirectory(dirname(path));
      return;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || attempt === RENAME_ATTEMPTS) throw error;
    }
  }
}
