/** Bytes in one piece however small the pieces they come in: a list of one-byte buffers takes a hundred times their size. */
export class GrowingBuffer {
  #memory: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  /** The first piece, most often the only one, is not copied. */
  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (this.#length === 0) {
      this.#memory = piece;
    } else {
      if (length > this.#memory.length) this.#grow(length);
      piece.copy(this.#memory, this.#length);
    }
    this.#length = length;
  }

  #grow(atLeast: number): void {
    const memory = Buffer.allocUnsafe(Math.max(atLeast, 2 * this.#memory.length));
    this.bytes.copy(memory);
    this.#memory = memory;
  }
}
