/** A condition put together from simple ones, the leaves. `and` of nothing is always true, `or` of nothing never. */
export type Logic<Leaf> =
  | { readonly type: 'leaf'; readonly leaf: Leaf }
  | { readonly type: 'not'; readonly of: Logic<Leaf> }
  | { readonly type: 'and' | 'or'; readonly of: readonly Logic<Leaf>[] };

/** The same logic over other leaves. */
export function mapLeaves<From, To>(logic: Logic<From>, map: (leaf: From) => To): Logic<To> {
  switch (logic.type) {
    case 'leaf':
      return { type: 'leaf', leaf: map(logic.leaf) };
    case 'not':
      return { type: 'not', of: mapLeaves(logic.of, map) };
    case 'and':
    case 'or':
      return { type: logic.type, of: logic.of.map((part) => mapLeaves(part, map)) };
    default: {
      const never: never = logic;
      return never;
    }
  }
}

/** All leaves, from left to right. */
export function leaves<Leaf>(logic: Logic<Leaf>): Leaf[] {
  if (logic.type === 'leaf') return [logic.leaf];
  return logic.type === 'not' ? leaves(logic.of) : logic.of.flatMap((part) => leaves(part));
}
