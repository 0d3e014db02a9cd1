import { UnavailableError } from '../errors.ts';

/** What several requests may hold together. */
export class ByteBudget {
  readonly #max: number;
  #held = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Throws UnavailableError where there is no room; a lone request may take more than there is. */
  take(bytes: number): void {
    if (this.#held > 0 && this.#held + bytes > this.#max) {
      throw new UnavailableError('Too many large requests at the same time; try again in a moment');
    }
    this.#held += bytes;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}
