import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { readOffset, writeOffset } from '@millrace/platform/search/page-token';
import { findDelivery, listDeliveries, redeliver, redeliverBetween } from '../store/webhook-deliveries.ts';
import type { Deps } from './deps.ts';
import type { WebhookDeliveryDetails } from './webhook.ts';
import { checkMaxResults, getWebhook, isUuid } from './webhooks.ts';

export type DeliveryQuery = {
  readonly webhookId: string;
  readonly maxResults: number;
  readonly pageToken: string;
  /** 0: every one. */
  readonly state: number;
};

/** The newest first. */
export async function findDeliveries(deps: Deps, context: Context, query: DeliveryQuery) {
  const limit = checkMaxResults(query.maxResults);
  const offset = readOffset(query.pageToken);
  await getWebhook(deps, context, query.webhookId);
  const found = await listDeliveries(deps.pool, { ...query, limit: limit + 1, offset });
  const deliveries = found.slice(0, limit);
  return { deliveries, ...(found.length > limit && { nextPageToken: writeOffset(offset + limit) }) };
}

export async function getDelivery(
  deps: Deps,
  context: Context,
  webhookId: string,
  deliveryId: string,
): Promise<WebhookDeliveryDetails> {
  await getWebhook(deps, context, webhookId);
  const found = isUuid(deliveryId) ? await findDelivery(deps.pool, webhookId, deliveryId) : undefined;
  if (!found) throw new NotFoundError(`Delivery with ID ${deliveryId} not found`);
  return found;
}

/** Under the id it had; what has been delivered is delivered again. */
export async function redeliverOne(
  deps: Deps,
  context: Context,
  webhookId: string,
  deliveryId: string,
): Promise<WebhookDeliveryDetails> {
  const { payload } = await getDelivery(deps, context, webhookId, deliveryId);
  if (payload === null) throw new NotFoundError(`The event of delivery ${deliveryId} is no longer kept`);
  await redeliver(deps.pool, webhookId, deliveryId);
  deps.webhooks.wake();
  return getDelivery(deps, context, webhookId, deliveryId);
}

export type Range = {
  readonly webhookId: string;
  readonly sinceMs: number;
  /** Undefined: up to now. */
  readonly untilMs: number | undefined;
  /** 0: all that are over. */
  readonly state: number;
};

const [PENDING, DELIVERED, FAILED] = [1, 2, 3];
const MAX_REDELIVERED = 100_000;
/** Later than everything; PostgreSQL knows no time behind it that a number of ours could be. */
const END_OF_TIME_MS = 8_000_000_000_000;

/** In the order of the events. Answers how many. */
export async function redeliverMany(deps: Deps, context: Context, range: Range): Promise<number> {
  const { webhookId, sinceMs, untilMs = END_OF_TIME_MS, state } = range;
  if (state === PENDING)
    throw new InvalidParameterError("'status' must be DELIVERED or FAILED: what is pending comes anyway");
  for (const [field, ms] of Object.entries({ since: sinceMs, until: untilMs })) {
    if (ms < 0 || ms > END_OF_TIME_MS) throw new InvalidParameterError(`'${field}' must be a time in milliseconds`);
  }
  await getWebhook(deps, context, webhookId);
  const states = state === 0 ? [DELIVERED, FAILED] : [state];
  const redelivered = await redeliverBetween(deps.pool, { webhookId, sinceMs, untilMs, states, max: MAX_REDELIVERED });
  if (redelivered === undefined) {
    throw new InvalidParameterError(`More than ${MAX_REDELIVERED} deliveries are in that range: choose a shorter one`);
  }
  deps.webhooks.wake();
  return redelivered;
}
