import type { Counted } from './counted.ts';

/** Reads a body piece by piece, in sizes that its reader chooses. */
export class Pieces {
  readonly #body: Counted;
  #chunk: Buffer | undefined;
  #taken = 0;

  constructor(body: Counted) {
    this.#body = body;
  }

  /** Fills the buffer; gives less than all of it only at the end of the body. */
  async fill(buffer: Buffer): Promise<Buffer> {
    let length = 0;
    while (length < buffer.length && !(await this.atEnd())) {
      length += this.#take(buffer.length - length).copy(buffer, length);
      if (this.#chunk && this.#taken === this.#chunk.length) {
        this.#body.release(this.#chunk);
        this.#chunk = undefined;
      }
    }
    return buffer.subarray(0, length);
  }

  /** The next `bytes`, while they come. */
  async *next(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0 && !(await this.atEnd()); ) {
      const chunk = this.#take(left);
      left -= chunk.length;
      yield chunk;
    }
  }

  /** True when nothing more comes; waits until that is known. */
  async atEnd(): Promise<boolean> {
    while (this.#chunk === undefined || this.#taken === this.#chunk.length) {
      const next = await this.#body.next();
      if (next === undefined) return true;
      this.#chunk = next;
      this.#taken = 0;
    }
    return false;
  }

  #take(most: number): Buffer {
    const taken = this.#chunk?.subarray(this.#taken, this.#taken + most) ?? Buffer.alloc(0);
    this.#taken += taken.length;
    return taken;
  }
}
