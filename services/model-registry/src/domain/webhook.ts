/** Of MLflow's: `model_version` and `created`. */
export type MlflowEvent = { readonly entity: string; readonly action: string };

export type Webhook = {
  readonly webhookId: string;
  readonly name: string;
  /** Empty: none. */
  readonly description: string;
  readonly url: string;
  /** In the order of entity and action. */
  readonly events: readonly MlflowEvent[];
  /** Of ours, in order. */
  readonly eventTypes: readonly string[];
  readonly active: boolean;
  /** Why the server has disabled it; null where it did not. */
  readonly disabledReason: string | null;
  readonly bodyTemplate: string | null;
  readonly headerNames: readonly string[];
  /** Until then the secret before the present one signs too. */
  readonly previousSecretUntilMs: number | null;
  readonly createdMs: number;
  readonly updatedMs: number;
};

export type WebhookDelivery = {
  readonly deliveryId: string;
  readonly event: string;
  readonly state: number;
  readonly createdMs: number;
  /** null for those that are over. */
  readonly nextAttemptMs: number | null;
  readonly attemptCount: number;
  readonly responseStatus: number | null;
  readonly error: string | null;
};

export type WebhookAttempt = {
  readonly at: number;
  readonly duration_ms: number;
  readonly status: number | null;
  readonly body: string | null;
  readonly error: string | null;
};

/** With all there is to know about it. */
export type WebhookDeliveryDetails = WebhookDelivery & {
  /** The last 20, the oldest first. */
  readonly attempts: readonly WebhookAttempt[];
  /** null: the event is no longer kept. */
  readonly payload: string | null;
};
