import { getWebhook as get } from '../domain/webhooks.ts';
import type { WebhookRpc } from './rpc.ts';
import { webhookMessage } from './webhook-messages.ts';

export const getWebhook: WebhookRpc<'getWebhook'> =
  (deps) =>
  async ({ webhookId }, context) => ({
    webhook: webhookMessage(await get(deps, context, webhookId)),
  });
