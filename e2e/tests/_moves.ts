/** A model version that went from one stage to another. */
export type Move = { readonly model: string; readonly version: string; readonly from: string; readonly to: string };

/** A move that the journey made; those with the same `call` came from one request. */
export type Transition = Move & { readonly call: number };

/**
 * The moves in the order of the calls. Those of one call, which carry no promise about their order, are brought into the
 * order of versions, in what was made and (given the sizes of the calls) in what was seen alike.
 */
export function settle(moves: readonly Move[], callSizes: readonly number[]): Move[] {
  const sizes = [...callSizes, moves.length];
  return sizes.flatMap((size, call) => {
    const start = sizes.slice(0, call).reduce((sum, earlier) => sum + earlier, 0);
    return moves
      .slice(start, start + size)
      .map(({ model, version, from, to }) => ({ model, version, from, to }))
      .sort((a, b) => Number(a.version) - Number(b.version));
  });
}

/** How many moves each call made, in the order of the calls. */
export function callSizes(transitions: readonly Transition[]): number[] {
  const calls = [...new Set(transitions.map(({ call }) => call))];
  return calls.map((call) => transitions.filter((transition) => transition.call === call).length);
}
