import { AttributeNotFoundError, InvalidParameterError } from '@millrace/platform/errors';
import { modelAttribute, type TextAttribute, type TimeAttribute } from './logged-model-attributes.ts';

/** One key to sort by, as a client gives it. */
export type OrderField = {
  readonly fieldName: string;
  readonly ascending: boolean;
  /** Null for any; they only bear upon metrics. */
  readonly datasetName: string | null;
  readonly datasetDigest: string | null;
};

export type ModelOrder =
  | { readonly on: 'attribute'; readonly key: TextAttribute | TimeAttribute; readonly ascending: boolean }
  | (Omit<OrderField, 'fieldName'> & { readonly on: 'metric'; readonly key: string });

const METRICS = 'metrics.';

/** Throws InvalidParameterError for what cannot be sorted by. The second and later of equal keys change nothing. */
export function modelOrders(fields: readonly OrderField[]): ModelOrder[] {
  const seen = new Set<string>();
  return fields.map(modelOrder).filter(({ ascending: _, ...order }) => {
    const id = JSON.stringify(order);
    return !seen.has(id) && seen.add(id);
  });
}

/** A metric's key is all that follows `metrics.`, dots and quotes included. */
function modelOrder({ fieldName, ascending, datasetName, datasetDigest }: OrderField): ModelOrder {
  if (fieldName.startsWith(METRICS)) {
    return { on: 'metric', key: fieldName.slice(METRICS.length), ascending, datasetName, datasetDigest };
  }
  if (fieldName.includes('.')) {
    throw new InvalidParameterError(`Invalid order by field name: ${fieldName}. Only metrics are supported.`);
  }
  const attribute = modelAttribute(fieldName);
  if (!attribute) throw new AttributeNotFoundError(`Invalid order by field name: ${fieldName}`);
  return { on: 'attribute', key: attribute.key, ascending };
}
