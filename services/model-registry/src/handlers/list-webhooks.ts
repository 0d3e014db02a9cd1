import { findWebhooks } from '../domain/webhooks.ts';
import type { WebhookRpc } from './rpc.ts';
import { webhookMessage } from './webhook-messages.ts';

export const listWebhooks: WebhookRpc<'listWebhooks'> = (deps) => async (request, context) => {
  const { webhooks, ...rest } = await findWebhooks(deps, context, request);
  return { webhooks: webhooks.map(webhookMessage), ...rest };
};
