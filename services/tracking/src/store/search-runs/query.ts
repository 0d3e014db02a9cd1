import type { Queryable } from '@millrace/platform/postgres';
import type { Logic } from '@millrace/platform/search/logic';
import { Parameters } from '@millrace/platform/search/sql';
import type { ExperimentId, RunId } from '../../domain/ids.ts';
import type { RunCondition, RunFilter } from '../../domain/run-filter.ts';
import type { Place, RunTerm } from '../../domain/run-order.ts';

export type View = 'active' | 'deleted' | 'all';

export type RunQuery = {
  readonly workspace: string;
  /** None twice. */
  readonly experiments: readonly ExperimentId[];
  readonly view: View;
  readonly filter: RunFilter;
  /** The last one is the id, so that no two runs are equal. */
  readonly terms: readonly RunTerm[];
  /** Numbers of the metric keys that filter and terms name; a key without one has never been logged. */
  readonly metricKeys: ReadonlyMap<string, number>;
  /** Only runs behind this place. */
  readonly after: Place | undefined;
  readonly limit: number;
};

export type FoundRun = { readonly id: RunId; readonly place: Place };

/** How much is read in one way before another is tried. Whatever they are, the runs found are the same. */
export type SearchLimits = {
  /** So few candidates are all read and sorted. */
  readonly narrow: number;
  /** Index entries a walk in the order of the answer may look at before it gives up; negative: there are no walks. */
  readonly walk: number;
  /** Index entries a walk looks at to begin with, beyond those that are wanted. */
  readonly spare: number;
  /** Up to here candidates are counted when a walk has found too few. */
  readonly wide: number;
  /** For so many experiments a walk begins with the runs of all there are. */
  readonly crowd: number;
};

/** A statement being put together. */
export class Scope extends Parameters {
  readonly query: RunQuery;
  #experiments: string | undefined;

  constructor(query: RunQuery) {
    super();
    this.query = query;
  }

  /** The experiments, as an array; there may be thousands, so they are sent once. */
  get experiments(): string {
    this.#experiments ??= `${this.add(this.query.experiments)}::bigint[]`;
    return this.#experiments;
  }

  async rows<Row extends object>(db: Queryable, text: string): Promise<Row[]> {
    return (await db.query<Row>(text, this.values)).rows;
  }
}

/** Runs as columns, in their order: `ids`, and `k0`, `k1`… for the values of the terms. null: no runs. */
export type FoundColumns = { readonly ids: readonly RunId[] | null } & Readonly<Record<string, unknown>>;

/** Columns of runs: far less to send, and to make objects of, than a row for each. `f` must be in order. */
export function foundColumns(terms: readonly RunTerm[]): string {
  const values = terms.slice(0, -1).map((_, i) => `, to_json(array_agg(f.k${i})) as k${i}`);
  return `to_json(array_agg(replace(f.run_id::text, '-', ''))) as ids${values.join('')}`;
}

export function foundRuns(columns: FoundColumns | undefined, terms: readonly RunTerm[]): FoundRun[] {
  const values = terms.map(({ on }, i) => {
    const column = (columns?.[`k${i}`] ?? columns?.ids ?? []) as readonly (number | string | null)[];
    // JSON has no NaN: it arrives as text
    return on === 'metric' ? column.map((value) => value && Number(value)) : column;
  });
  return (columns?.ids ?? []).map((id, i) => ({ id, place: values.map((column) => column[i] ?? null) }));
}

/** Conditions that all must hold. */
export function conjuncts(filter: RunFilter): RunCondition[] {
  if (filter.type === 'leaf') return [filter.leaf];
  return filter.type === 'and' ? filter.of.flatMap(conjuncts) : [];
}

/** The filter, given that some of its conjuncts hold. */
export function without(filter: RunFilter, known: ReadonlySet<RunCondition>): RunFilter {
  if (filter.type === 'leaf') return known.has(filter.leaf) ? ALWAYS : filter;
  return filter.type === 'and' ? { type: 'and', of: filter.of.map((part) => without(part, known)) } : filter;
}

const ALWAYS: Logic<never> = { type: 'and', of: [] };

export const and = (filter: RunFilter, leaf: RunCondition): RunFilter => ({
  type: 'and',
  of: [filter, { type: 'leaf', leaf }],
});

/** The filter asks for nothing. */
export function isAlways(filter: RunFilter): boolean {
  return filter.type === 'and' && filter.of.every(isAlways);
}
