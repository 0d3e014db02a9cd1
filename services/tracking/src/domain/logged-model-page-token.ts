import { isDeepStrictEqual } from 'node:util';
import { InvalidParameterError } from '@millrace/platform/errors';
import { shown } from '@millrace/platform/search/page-token';
import type { OrderField } from './logged-model-order.ts';

/** What a page token is good for. */
export type BoundQuery = {
  readonly experimentIds: readonly string[];
  readonly filter: string;
  readonly orderBy: readonly OrderField[];
};

/** How many results the pages before had; none for the empty token. Throws when the token comes from another query. */
export function readPageToken(token: string, query: BoundQuery): number {
  if (token === '') return 0;
  const found = decoded(token);
  const wanted = parts(query);
  check('Experiment IDs in the page token do not match the requested experiment IDs', found, wanted, 'experiment_ids');
  check('Order by in the page token does not match the requested order by', found, wanted, 'order_by');
  check('Filter string in the page token does not match the requested filter string', found, wanted, 'filter_string');
  const { offset } = found;
  if (!Number.isSafeInteger(offset) || (offset as number) < 1) {
    throw new InvalidParameterError(`Invalid page token, parsed value=${shown(offset)}`);
  }
  return offset as number;
}

export function writePageToken(offset: number, query: BoundQuery): string {
  return Buffer.from(JSON.stringify({ ...parts(query), offset })).toString('base64');
}

type Parts = Readonly<Record<'experiment_ids' | 'filter_string' | 'order_by', unknown>>;

function parts({ experimentIds, filter, orderBy }: BoundQuery): Parts {
  const fields = orderBy.map(({ fieldName, ascending, datasetName, datasetDigest }) => ({
    field_name: fieldName,
    ascending,
    dataset_name: datasetName,
    dataset_digest: datasetDigest,
  }));
  return { experiment_ids: experimentIds, filter_string: filter || null, order_by: fields.length > 0 ? fields : null };
}

function check(mismatch: string, found: Decoded, wanted: Parts, part: keyof Parts): void {
  if (isDeepStrictEqual(found[part] ?? null, wanted[part])) return;
  throw new InvalidParameterError(`${mismatch}. Expected: ${shown(wanted[part])}. Found: ${shown(found[part])}`);
}

type Decoded = Readonly<Record<string, unknown>>;

function decoded(token: string): Decoded {
  const text = Buffer.from(token, 'base64').toString();
  try {
    const json = JSON.parse(text) as unknown;
    if (typeof json === 'object' && json !== null) return json as Decoded;
  } catch {
    // said below
  }
  throw new InvalidParameterError(`Invalid page token, decoded value=${shown(text)}`);
}
