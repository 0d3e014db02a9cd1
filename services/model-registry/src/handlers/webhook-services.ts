import type { Deps } from '../domain/deps.ts';
import { createWebhook } from './create-webhook.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { getWebhook } from './get-webhook.ts';
import { getWebhookDelivery } from './get-webhook-delivery.ts';
import { listWebhookDeliveries } from './list-webhook-deliveries.ts';
import { listWebhooks } from './list-webhooks.ts';
import { redeliverWebhookDeliveries } from './redeliver-webhook-deliveries.ts';
import { redeliverWebhookDelivery } from './redeliver-webhook-delivery.ts';
import { testWebhook } from './test-webhook.ts';
import { updateWebhook } from './update-webhook.ts';

export function webhookHandlers(deps: Deps) {
  return {
    createWebhook: createWebhook(deps),
    listWebhooks: listWebhooks(deps),
    getWebhook: getWebhook(deps),
    updateWebhook: updateWebhook(deps),
    deleteWebhook: deleteWebhook(deps),
    testWebhook: testWebhook(deps),
  };
}

export function deliveryHandlers(deps: Deps) {
  return {
    listWebhookDeliveries: listWebhookDeliveries(deps),
    getWebhookDelivery: getWebhookDelivery(deps),
    redeliverWebhookDelivery: redeliverWebhookDelivery(deps),
    redeliverWebhookDeliveries: redeliverWebhookDeliveries(deps),
  };
}
