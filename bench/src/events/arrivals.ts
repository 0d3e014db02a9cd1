import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** What a consumer or a receiver has got, by the comments of the transitions. */
export class Arrivals {
  readonly #at = new Map<string, number>();
  readonly #ids = new Map<string, string>();
  readonly #lastTurn = new Map<string, number>();
  repeated = 0;
  /** Events of one key that came after a later one. */
  outOfOrder = 0;
  /** Two ids for one event, or one for two. */
  wrongIds = 0;

  get count(): number {
    return this.#at.size;
  }

  add(id: string, comment: string, at: number): void {
    const known = this.#ids.get(id);
    if (known !== undefined) {
      this.repeated++;
      if (known !== comment) this.wrongIds++;
      return;
    }
    this.#ids.set(id, comment);
    if (this.#at.has(comment)) this.wrongIds++;
    this.#at.set(comment, at);
    const [key = '', turn = ''] = comment.split(' ');
    if (Number(turn) < (this.#lastTurn.get(key) ?? -1)) this.outOfOrder++;
    this.#lastTurn.set(key, Number(turn));
  }

  lost(answered: ReadonlyMap<string, number>): number {
    return [...answered.keys()].filter((comment) => !this.#at.has(comment)).length;
  }

  /** Microseconds from the answer to the arrival; what arrived before the answer did took none. */
  latency(answered: ReadonlyMap<string, number>): RecordableHistogram {
    const all = createHistogram();
    for (const [comment, at] of answered) {
      const arrived = this.#at.get(comment);
      if (arrived !== undefined) all.record(Math.max(1, Math.round((arrived - at) * 1000)));
    }
    return all;
  }
}
