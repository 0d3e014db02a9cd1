import { randomUUID } from 'node:crypto';
import type { Context } from '@millrace/platform/contract/context';
import type { Occurrence } from '../delivery/outgoing.ts';
import { outgoing } from '../delivery/outgoing.ts';
import { openTarget } from '../delivery/target.ts';
import { findSealedWebhook } from '../store/webhooks.ts';
import type { Deps } from './deps.ts';
import type { MlflowEvent, Webhook } from './webhook.ts';
import { checkEventTypes, checkMlflowEvent } from './webhook-events.ts';
import { exampleEvent, exampleNotice } from './webhook-examples.ts';
import { getWebhook } from './webhooks.ts';

export type TestResult = {
  readonly success: boolean;
  readonly status: number | null;
  readonly body: string | null;
  readonly error: string | null;
};

/** Sends an example at once and once, to a disabled webhook too. What goes wrong with it is the answer, not an error. */
export async function testWebhook(
  deps: Deps,
  context: Context,
  webhookId: string,
  wanted: MlflowEvent | string | undefined,
): Promise<TestResult> {
  const webhook = await getWebhook(deps, context, webhookId);
  const occurrence = exampleOf(webhook, wanted, context.workspace);
  const sealed = await findSealedWebhook(deps.pool, context.workspace, webhookId);
  if (!sealed) return failed('it was deleted');
  try {
    const request = outgoing(openTarget(deps.webhooks.keys, sealed), occurrence, randomUUID(), Date.now());
    const { status, body, error } = await deps.webhooks.post(request, context.signal);
    if (error !== null) return failed(error);
    return { success: status !== null && status >= 200 && status < 300, status, body, error: null };
  } catch (error) {
    return failed((error as Error).message);
  }
}

const failed = (why: string): TestResult => ({
  success: false,
  status: null,
  body: null,
  error: `Failed to test webhook: ${why}`,
});

function exampleOf(webhook: Webhook, wanted: MlflowEvent | string | undefined, workspace: string): Occurrence {
  const event = wanted ?? webhook.events[0] ?? webhook.eventTypes[0] ?? '';
  if (typeof event === 'string') checkEventTypes([event]);
  else checkMlflowEvent(event);
  const messageId = randomUUID();
  const occurredAt = new Date();
  if (typeof event !== 'string') {
    const topic = `${event.entity}.${event.action}`;
    return { messageId, mlflow: true, topic, payload: JSON.stringify(exampleNotice(topic)), occurredAt };
  }
  const payload = JSON.stringify(exampleEvent(event, { messageId, occurredAt, workspace }));
  return { messageId, mlflow: false, topic: event, payload, occurredAt };
}
