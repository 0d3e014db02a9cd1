/** A stream of numbers that its seed decides. */
export type Random = {
  /** From 0 up to 1. */
  readonly fraction: () => number;
  /** A whole number below `end`, or from `start` up to it. */
  readonly whole: (end: number, start?: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly shuffled: <T>(items: readonly T[]) => T[];
};

export function randomOf(seed: number, stream = 0): Random {
  const fraction = mulberry32(seed * 0x9e3779b1 + stream);
  const whole = (end: number, start = 0) => start + Math.floor(fraction() * (end - start));
  return {
    fraction,
    whole,
    chance: (probability) => fraction() < probability,
    pick: <T>(from: readonly T[]) => from[whole(from.length)] as T,
    shuffled(items) {
      const keyed = items.map((item) => ({ item, key: fraction() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
}

/** The generator of that name by Tommy Ettinger, in the public domain. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
