import { findDeliveries } from '../domain/webhook-deliveries.ts';
import type { DeliveryRpc } from './rpc.ts';
import { deliveryMessage } from './webhook-messages.ts';

export const listWebhookDeliveries: DeliveryRpc<'listWebhookDeliveries'> = (deps) => async (request, context) => {
  const { deliveries, ...rest } = await findDeliveries(deps, context, { ...request, state: request.status });
  return { deliveries: deliveries.map(deliveryMessage), ...rest };
};
