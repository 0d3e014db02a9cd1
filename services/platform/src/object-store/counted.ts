import { createHash, type Hash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { finished, type Readable } from 'node:stream';
import { InvalidParameterError } from '../errors.ts';
import { release } from '../release.ts';
import type { PutOptions } from './object-store.ts';

/** How much waits here while it is stored, before the body is left in the network. */
const MOST_WAITING = 1024 * 1024;

/**
 * A body on its way into a store, chunk by chunk. It leaves the body itself alone when storing fails: that may be a request
 * which still has to be answered.
 */
export class Counted {
  bytes = 0;
  /** Why the body, rather than the store, failed. */
  bodyError: Error | undefined;
  readonly #body: Readable;
  readonly #expected: number | undefined;
  readonly #most: number;
  readonly #hash: Hash | undefined;
  readonly #signal: AbortSignal | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #state: 'flows' | 'ended' | Error = 'flows';
  #wake: () => void = () => {};

  constructor(body: Readable, { sizeBytes, maxBytes = Number.POSITIVE_INFINITY, digest, signal }: PutOptions) {
    this.#body = body;
    this.#expected = sizeBytes;
    this.#most = maxBytes;
    this.#hash = digest ? createHash('sha256') : undefined;
    this.#signal = signal;
    finished(body, { writable: false }, (error) => (error ? this.#fail(error) : this.#end()));
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted) this.#abort();
    else body.on('data', this.#take);
  }

  /** Of all of it, once it has passed. */
  sha256(): string | undefined {
    return this.#hash?.copy().digest('hex');
  }

  /** The next chunk; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    return (await this.#gather(1)).length > 0 ? this.#give(1)[0] : undefined;
  }

  /** All that waits, once that is as much as this or the last of it; nothing is left behind the end. */
  async nextTogether(bytes: number): Promise<Buffer[]> {
    return this.#give((await this.#gather(bytes)).length);
  }

  /** To be called of a chunk that was stored. Those of a request are nobody else's. */
  release(chunk: Buffer): void {
    if (this.#body instanceof IncomingMessage) release(chunk);
  }

  /** Reads no further. */
  destroy(error: Error = new Error('The body is not wanted any more')): void {
    if (this.#state === 'flows') this.#state = error;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#body.off('data', this.#take);
    this.#body.pause();
    this.#waiting = [];
    this.#wake();
  }

  async #gather(bytes: number): Promise<readonly Buffer[]> {
    while (this.#waitingBytes < bytes && this.#state === 'flows') {
      this.#body.resume();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (typeof this.#state === 'object') throw this.#state;
    return this.#waiting;
  }

  #give(count: number): Buffer[] {
    const given = this.#waiting.splice(0, count);
    for (const chunk of given) this.#waitingBytes -= chunk.length;
    if (this.#state === 'flows' && this.#waitingBytes < MOST_WAITING) this.#body.resume();
    return given;
  }

  readonly #take = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    if (this.bytes > this.#most) {
      this.#fail(new InvalidParameterError(`The body is larger than ${this.#most} bytes`));
      return;
    }
    this.#hash?.update(chunk);
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= MOST_WAITING) this.#body.pause();
    this.#wake();
  };

  readonly #abort = (): void => this.destroy(this.#signal?.reason as Error);

  /** Before anything becomes visible: a body of another length than announced is not the one that was meant. */
  #end(): void {
    if (this.#expected !== undefined && this.#expected !== this.bytes)
      this.#fail(new InvalidParameterError(`The body has ${this.bytes} bytes, not the announced ${this.#expected}`));
    else if (this.#state === 'flows') this.#state = 'ended';
    this.#wake();
  }

  #fail(error: Error): void {
    this.bodyError ??= error;
    this.destroy(error);
  }
}
