import { UnavailableError } from '@millrace/platform/errors';

export type SlotOptions = { readonly slots: number; readonly maxWaiting: number; readonly waitMs: number };

/** Bounds the uploads that are held in memory at one time; the others wait in the network, in order, for a while. */
export class UploadSlots {
  readonly #options: SlotOptions;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  /** Runs `work` when there is room. Its caller is told to come again when that takes too long. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#options.slots) this.#taken += 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#passOn();
    }
  }

  state(): { readonly taken: number; readonly waiting: number } {
    return { taken: this.#taken, waiting: this.#waiting.size };
  }

  #turn(signal: AbortSignal): Promise<void> {
    const { maxWaiting, waitMs } = this.#options;
    if (this.#waiting.size >= maxWaiting) throw busy();
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void) => () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
        this.#waiting.delete(ours);
        settle();
      };
      const ours = leave(resolve);
      const gone = leave(() => reject(signal.reason));
      const timer = setTimeout(
        leave(() => reject(busy())),
        waitMs,
      );
      signal.addEventListener('abort', gone);
      this.#waiting.add(ours);
      if (signal.aborted) gone();
    });
  }

  /** The slot goes to the one who has waited longest, without becoming free in between. */
  #passOn(): void {
    const [next] = this.#waiting;
    if (next) next();
    else this.#taken -= 1;
  }
}

const busy = () => new UnavailableError('Too many uploads at the same time. Try again.', { retryAfterSeconds: 5 });
