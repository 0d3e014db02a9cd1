import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  WebhookDelivery_AttemptSchema as AttemptSchema,
  type WebhookDeliverySchema,
} from '@millrace/proto/registry/v1/webhook_deliveries';
import {
  WebhookEvent_Action as Action,
  WebhookEvent_Entity as Entity,
  Webhook_Status as Status,
  type WebhookEvent,
  type WebhookSchema,
} from '@millrace/proto/registry/v1/webhooks';
import type { MlflowEvent, Webhook, WebhookDelivery, WebhookDeliveryDetails } from '../domain/webhook.ts';

export function webhookMessage(webhook: Webhook): MessageInitShape<typeof WebhookSchema> {
  const { description, bodyTemplate, disabledReason, previousSecretUntilMs } = webhook;
  return {
    webhookId: webhook.webhookId,
    name: webhook.name,
    ...(description && { description }),
    url: webhook.url,
    events: webhook.events.map(eventMessage),
    status: webhook.active ? Status.ACTIVE : Status.DISABLED,
    creationTimestamp: BigInt(webhook.createdMs),
    lastUpdatedTimestamp: BigInt(webhook.updatedMs),
    eventTypes: [...webhook.eventTypes],
    headerNames: [...webhook.headerNames],
    ...(bodyTemplate !== null && { bodyTemplate }),
    ...(disabledReason !== null && { disabledReason }),
    ...(previousSecretUntilMs !== null && { previousSecretExpiresAt: BigInt(previousSecretUntilMs) }),
  };
}

const eventMessage = ({ entity, action }: MlflowEvent) => ({
  entity: Entity[entity.toUpperCase() as keyof typeof Entity],
  action: Action[action.toUpperCase() as keyof typeof Action],
});

/** In lower case, as they are delivered; what the client left out is something that no event has. */
export function mlflowEvent({ entity, action }: WebhookEvent): MlflowEvent {
  return { entity: (Entity[entity] ?? '').toLowerCase(), action: (Action[action] ?? '').toLowerCase() };
}

/** Undefined where the client did not say. */
export function isActive(status: Status): boolean | undefined {
  return status === Status.STATUS_UNSPECIFIED ? undefined : status === Status.ACTIVE;
}

type DeliveryMessage = MessageInitShape<typeof WebhookDeliverySchema>;

export function deliveryMessage(delivery: WebhookDelivery): DeliveryMessage {
  const { nextAttemptMs, responseStatus, error } = delivery;
  return {
    deliveryId: delivery.deliveryId,
    event: delivery.event,
    status: delivery.state,
    creationTimestamp: BigInt(delivery.createdMs),
    attemptCount: delivery.attemptCount,
    ...(nextAttemptMs !== null && { nextAttemptTimestamp: BigInt(nextAttemptMs) }),
    ...(responseStatus !== null && { responseStatus }),
    ...(error !== null && { errorMessage: error }),
  };
}

export function deliveryDetailsMessage(delivery: WebhookDeliveryDetails): DeliveryMessage {
  const { payload } = delivery;
  return {
    ...deliveryMessage(delivery),
    ...(payload !== null && { payload }),
    attempts: delivery.attempts.map(({ at, duration_ms, status, body, error }) =>
      create(AttemptSchema, {
        timestamp: BigInt(at),
        durationMs: BigInt(duration_ms),
        ...(status !== null && { responseStatus: status }),
        ...(body !== null && { responseBody: body }),
        ...(error !== null && { errorMessage: error }),
      }),
    ),
  };
}
