import { redeliverOne } from '../domain/webhook-deliveries.ts';
import type { DeliveryRpc } from './rpc.ts';
import { deliveryDetailsMessage } from './webhook-messages.ts';

export const redeliverWebhookDelivery: DeliveryRpc<'redeliverWebhookDelivery'> =
  (deps) => async (request, context) => ({
    delivery: deliveryDetailsMessage(await redeliverOne(deps, context, request.webhookId, request.deliveryId)),
  });
