import { createHash, type Hash } from 'node:crypto';
import { addAbortSignal, finished, type Readable, Transform } from 'node:stream';
import { InvalidParameterError } from '../errors.ts';
import type { PutOptions } from './object-store.ts';

/**
 * A body on its way into a store. Unlike a stream in a pipeline it leaves the body itself alone when storing fails: the body may
 * be a request that still has to be answered.
 */
export class Counted extends Transform {
  bytes = 0;
  /** Why the body, rather than the store, failed. */
  bodyError: Error | undefined;
  readonly #body: Readable;
  readonly #expected: number | undefined;
  readonly #most: number;
  readonly #hash: Hash | undefined;

  constructor(body: Readable, { sizeBytes, maxBytes = Number.POSITIVE_INFINITY, digest, signal }: PutOptions) {
    super();
    this.#body = body;
    this.#expected = sizeBytes;
    this.#most = maxBytes;
    this.#hash = digest ? createHash('sha256') : undefined;
    this.on('error', () => {}); // it may come before the store listens, which asks for it when it does
    if (signal) addAbortSignal(signal, this);
    finished(body, { writable: false }, (error) => error && this.#fail(error));
    body.pipe(this);
  }

  /** Of all of it, once it has passed. */
  sha256(): string | undefined {
    return this.#hash?.copy().digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#most) {
      this.#fail(new InvalidParameterError(`The body is larger than ${this.#most} bytes`));
      return;
    }
    this.#hash?.update(chunk);
    done(null, chunk);
  }

  /** Before anything becomes visible: a body of another length than announced is not the one that was meant. */
  override _flush(done: () => void): void {
    if (this.#expected === undefined || this.#expected === this.bytes) done();
    else this.#fail(new InvalidParameterError(`The body has ${this.bytes} bytes, not the announced ${this.#expected}`));
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#body.unpipe(this);
    done(error);
  }

  #fail(error: Error): void {
    this.bodyError = error;
    this.destroy(error);
  }
}
