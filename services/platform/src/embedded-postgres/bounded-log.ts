import { chownSync, closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const LIMIT_BYTES = 10 * 1024 * 1024;
const REMEMBERED_BYTES = 8 * 1024;

/** A log file that never exceeds 10 MB by more than one write; one older file, named `.1`, is kept beside it. */
export class BoundedLog {
  readonly #path: string;
  #handle: number;
  #sizeBytes: number;
  #tail = '';

  constructor(path: string) {
    this.#path = path;
    this.#handle = openLog(path);
    this.#sizeBytes = fstatSync(this.#handle).size;
  }

  /** The end of what was written through this object, for error messages. */
  get tail(): string {
    return this.#tail;
  }

  write(chunk: Buffer): void {
    this.#tail = (this.#tail + chunk.toString('utf8')).slice(-REMEMBERED_BYTES);
    if (this.#sizeBytes >= LIMIT_BYTES) this.#rotate();
    try {
      this.#sizeBytes += writeSync(this.#handle, chunk);
    } catch {
      // A full disk must not end the server's owner; the server will complain about it to its clients.
    }
  }

  close(): void {
    closeSync(this.#handle);
  }

  #rotate(): void {
    closeSync(this.#handle);
    renameSync(this.#path, `${this.#path}.1`);
    this.#handle = openLog(this.#path);
    this.#sizeBytes = 0;
  }
}

/** A file that root opens goes to the owner of the folder, who may be the one to start next time. */
function openLog(path: string): number {
  const handle = openSync(path, 'a', 0o600);
  const folder = statSync(dirname(path));
  if (process.getuid?.() === 0) chownSync(path, folder.uid, folder.gid);
  return handle;
}
