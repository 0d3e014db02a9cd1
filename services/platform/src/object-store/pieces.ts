/** Reads a stream piece by piece, in sizes that its reader chooses. */
export class Pieces {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer | undefined;

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Fills the buffer; gives less than all of it only at the end of the stream. */
  async fill(buffer: Buffer): Promise<Buffer> {
    let length = 0;
    while (length < buffer.length && !(await this.atEnd())) {
      const chunk = this.#take(buffer.length - length);
      chunk.copy(buffer, length);
      length += chunk.length;
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
    while (this.#rest === undefined || this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return true;
      this.#rest = next.value;
    }
    return false;
  }

  #take(most: number): Buffer {
    const rest = this.#rest ?? Buffer.alloc(0);
    this.#rest = rest.subarray(most);
    return rest.subarray(0, most);
  }
}
