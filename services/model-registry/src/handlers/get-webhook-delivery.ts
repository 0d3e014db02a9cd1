import { getDelivery } from '../domain/webhook-deliveries.ts';
import type { DeliveryRpc } from './rpc.ts';
import { deliveryDetailsMessage } from './webhook-messages.ts';

export const getWebhookDelivery: DeliveryRpc<'getWebhookDelivery'> = (deps) => async (request, context) => ({
  delivery: deliveryDetailsMessage(await getDelivery(deps, context, request.webhookId, request.deliveryId)),
});
