import { testWebhook as test } from '../domain/test-webhook.ts';
import type { WebhookRpc } from './rpc.ts';
import { mlflowEvent } from './webhook-messages.ts';

export const testWebhook: WebhookRpc<'testWebhook'> = (deps) => async (request, context) => {
  const wanted = request.eventType || (request.event && mlflowEvent(request.event));
  const { success, status, body, error } = await test(deps, context, request.webhookId, wanted);
  return {
    result: {
      success,
      ...(status !== null && { responseStatus: status }),
      ...(body !== null && { responseBody: body }),
      ...(error !== null && { errorMessage: error }),
    },
  };
};
