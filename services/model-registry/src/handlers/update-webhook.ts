import { changeWebhook } from '../domain/webhooks.ts';
import type { WebhookRpc } from './rpc.ts';
import { isActive, mlflowEvent, webhookMessage } from './webhook-messages.ts';

const DAY_SECONDS = 86_400;

export const updateWebhook: WebhookRpc<'updateWebhook'> = (deps) => async (request, context) => {
  const changed = await changeWebhook(deps, context, request.webhookId, {
    ...request,
    events: request.events.map(mlflowEvent),
    active: isActive(request.status),
    description: request.description,
    bodyTemplate: request.bodyTemplate,
    overlapSeconds: request.secretOverlapSeconds ?? DAY_SECONDS,
  });
  return { webhook: webhookMessage(changed) };
};
