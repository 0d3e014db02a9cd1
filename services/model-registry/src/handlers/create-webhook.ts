import { createWebhook as create } from '../domain/webhooks.ts';
import type { WebhookRpc } from './rpc.ts';
import { isActive, mlflowEvent, webhookMessage } from './webhook-messages.ts';

export const createWebhook: WebhookRpc<'createWebhook'> = (deps) => async (request, context) => {
  const events = request.events.map(mlflowEvent);
  const active = isActive(request.status) ?? true;
  return { webhook: webhookMessage(await create(deps, context, { ...request, events, active })) };
};
