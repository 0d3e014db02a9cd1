import { toAppError } from '../errors.ts';

const MAX = 10;
const MAX_ERROR = 1_000;

/** An event that failed once too often. */
export type Poison = { readonly error: string; readonly attempts: number; readonly firstFailedAt: Date };

/** Counts how often the event that a consumer is at has failed; a process that starts anew begins at none. */
export class Attempts {
  readonly #max: number;
  #event = '';
  #count = 0;
  #firstFailedAt = new Date();

  constructor(max: number = MAX) {
    this.#max = max;
  }

  /** What is to be said of the event when it is to be given up. An outage says nothing of the event. */
  failed(event: string, error: unknown): Poison | undefined {
    if (toAppError(error).retryAfterSeconds !== undefined) return undefined;
    if (event !== this.#event) {
      this.#event = event;
      this.#count = 0;
      this.#firstFailedAt = new Date();
    }
    this.#count++;
    if (this.#count < this.#max) return undefined;
    return { error: String(error).slice(0, MAX_ERROR), attempts: this.#count, firstFailedAt: this.#firstFailedAt };
  }
}
