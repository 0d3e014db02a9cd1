import type { Operation } from '../load/operation.ts';
import type { Target } from '../load/round.ts';
import type { Api } from './api.ts';

export type Workload = {
  /** How many clients there are unless told otherwise. */
  readonly clients: number;
  /** Whether it needs what `seed` makes. */
  readonly reads: boolean;
  /** Makes on the server what the clients need, and answers what each of them does. Throws `NotSeeded`. */
  readonly prepare: (api: Api, clients: number, seeded: Seeded, target: Target) => Promise<readonly Operation[]>;
  /** How many bytes of files one operation moves, where that is what it is about. */
  readonly moves?: number;
};

/** Which seeded data is searched and read. */
export type Seeded = { readonly runs: number; readonly experiments: number; readonly points: number };

/** A workload that reads cannot run before there is something to read. */
export class NotSeeded extends Error {
  override readonly name = 'NotSeeded';
}

/** `count` operations that differ by what `make` makes of their position. */
export function forClients<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
