const FIRST_MS = 20;

/** How long to wait before looking again: briefly after something was found, twice as long after each look in vain, up to `maxMs`. */
export class IdleWait {
  readonly #maxMs: number;
  #nextMs = FIRST_MS;

  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  found(): void {
    this.#nextMs = FIRST_MS;
  }

  next(): number {
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(waitMs * 2, this.#maxMs);
    return waitMs;
  }
}
