import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Pool } from '@millrace/platform/postgres';
import { askedGauges, counter, durations } from '@millrace/platform/telemetry/metering';
import { deliveryState } from '../store/webhook-state.ts';
import type { Reply } from './post.ts';
import type { Verdict } from './schedule.ts';

const GAUGES = {
  millrace_webhook_deliveries_pending: 'Deliveries that wait for their next attempt, up to 100,000',
  millrace_webhook_oldest_pending_seconds: 'How long the one that has waited longest has been due',
  millrace_webhook_receivers_failing: 'Receivers whose last attempt failed',
  millrace_webhook_receivers_paused: 'Those of them to which nothing is sent for a while',
  millrace_webhook_receivers_disabled: 'Receivers that were given up, until somebody takes them up again',
};

export type DeliveryMetrics = (reply: Reply, verdict: Verdict) => void;

/** Never by receiver: whoever may make webhooks could make metrics. */
export function deliveryMetrics(pool: Pool, lifecycle: Lifecycle): DeliveryMetrics {
  const attempts = counter('millrace_webhook_attempts_total', 'Requests to receivers, by how they ended');
  const duration = durations('millrace_webhook_attempt_duration_seconds', 'Of a request to a receiver');
  for (const result of ['delivered', 'failed', 'gone']) attempts?.add(0, { result });
  askedGauges(GAUGES, {}, lifecycle, async () => {
    const state = await deliveryState(pool);
    return {
      millrace_webhook_deliveries_pending: state.pending,
      millrace_webhook_oldest_pending_seconds: state.oldestSeconds,
      millrace_webhook_receivers_failing: state.failing,
      millrace_webhook_receivers_paused: state.paused,
      millrace_webhook_receivers_disabled: state.disabled,
    };
  });
  return ({ durationMs }, { t: result }) => {
    attempts?.add(1, { result });
    duration?.record(durationMs / 1_000, { result });
  };
}
