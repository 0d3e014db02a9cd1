import { redeliverMany } from '../domain/webhook-deliveries.ts';
import type { DeliveryRpc } from './rpc.ts';

export const redeliverWebhookDeliveries: DeliveryRpc<'redeliverWebhookDeliveries'> =
  (deps) =>
  async ({ webhookId, since, until, status }, context) => ({
    redelivered: await redeliverMany(deps, context, {
      webhookId,
      sinceMs: Number(since),
      untilMs: until === undefined ? undefined : Number(until),
      state: status,
    }),
  });
