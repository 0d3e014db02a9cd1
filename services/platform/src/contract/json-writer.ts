const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;

/** Longer texts are copied faster by the engine than character by character. */
const SHORT = 64;
/** More bytes than a text has characters, in UTF-8. */
const MOST_BYTES = 3;
const FIRST_SIZE = 64 * 1024;
/** Memory beyond this is given back after an answer. */
const KEPT_SIZE = 4 * 2 ** 20;

/**
 * JSON as bytes, in memory that is used again for the next answer. To put a page of search results together from strings
 * takes three times as long, and leaves tens of megabytes for the garbage collector.
 */
export class JsonWriter {
  #bytes = Buffer.allocUnsafe(FIRST_SIZE);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** JSON that is there already, in ASCII. */
  ascii(json: string): void {
    const { length } = json;
    this.#reserve(length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < length; i++) bytes[at++] = json.charCodeAt(i);
    this.#length = at;
  }

  /** JSON that is there already, in any characters. */
  json(json: string): void {
    this.#reserve(json.length <= SHORT ? MOST_BYTES * json.length : Buffer.byteLength(json));
    this.#length += this.#bytes.write(json, this.#length, 'utf8');
  }

  /** A text, with quotes around it. */
  text(text: string): void {
    if (text.length > SHORT || !this.#plainText(text)) this.json(JSON.stringify(text));
  }

  /** False, and nothing is written, when something has to be escaped or is not ASCII. */
  #plainText(text: string): boolean {
    const { length } = text;
    this.#reserve(length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return false;
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
    return true;
  }

  /** All that was written; the writer is empty afterwards. */
  take(): Buffer {
    const written = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    if (this.#bytes.length <= KEPT_SIZE) return Buffer.from(written);
    this.#bytes = Buffer.allocUnsafe(FIRST_SIZE);
    return written;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
