import { UnavailableError } from '../errors.ts';

export type GateOptions = {
  /** How many may be inside at a time, asked anew for each. */
  readonly limit: () => number;
  /** How many may wait for their turn; what comes then is refused. */
  readonly maxWaiting: number;
  /** After which one who waits is refused. */
  readonly waitMs: number;
};

type Waiting = { readonly enter: () => void; readonly refuse: (error: Error) => void; readonly timer: NodeJS.Timeout };

/** Lets a bounded number in, has a bounded number wait in turn, and tells all others to come again. */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiting = new Set<Waiting>();
  #inside = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** False: nobody was let in. Whoever was must `leave`. */
  tryEnter(): boolean {
    if (this.#waiting.size > 0 || this.#inside >= this.#options.limit()) return false;
    this.#inside++;
    return true;
  }

  /** Resolves inside; rejects with 503 when too many wait, or it takes too long. */
  enter(): Promise<void> {
    const { limit, maxWaiting, waitMs } = this.#options;
    if (this.#waiting.size >= maxWaiting || limit() === 0) return Promise.reject(busy());
    return new Promise((enter, refuse) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        refuse(busy());
      }, waitMs);
      const waiting = { enter, refuse, timer };
      this.#waiting.add(waiting);
      this.#admit(); // the limit may have grown since somebody left
    });
  }

  leave(): void {
    this.#inside--;
    this.#admit();
  }

  #admit(): void {
    const limit = this.#options.limit();
    for (const waiting of this.#waiting) {
      if (this.#inside >= limit) return;
      this.#waiting.delete(waiting);
      clearTimeout(waiting.timer);
      this.#inside++;
      waiting.enter();
    }
  }
}

/** At random, so that those who were refused together do not come again together. */
const busy = () =>
  new UnavailableError('The server has too many requests of this kind; try again in a moment', {
    retryAfterSeconds: 1 + Math.floor(Math.random() * 3),
  });
