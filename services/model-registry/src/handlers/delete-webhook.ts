import { removeWebhook } from '../domain/webhooks.ts';
import type { WebhookRpc } from './rpc.ts';

export const deleteWebhook: WebhookRpc<'deleteWebhook'> =
  (deps) =>
  async ({ webhookId }, context) => {
    await removeWebhook(deps, context, webhookId);
    return {};
  };
