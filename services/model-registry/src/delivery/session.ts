import type { DueDelivery, Endpoint, Outcome, Release } from '../store/webhook-queue.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import { outgoing, type Target } from './outgoing.ts';
import type { Outgoing, Post, Reply } from './post.ts';
import { closedMs, judge, SET_ASIDE, TRIP, type Verdict } from './schedule.ts';
import type { Keys } from './seal.ts';
import { openTarget } from './target.ts';
import { tracedPost } from './traced-post.ts';

export type SessionTools = {
  readonly keys: Keys | null;
  readonly post: Post;
  readonly measure: DeliveryMetrics;
  readonly maxRetries: number | null;
  /** Resolves when the outcome is durable. */
  readonly record: (outcome: Outcome) => Promise<void>;
  /** Disables the webhook and gives up what waits for it. */
  readonly disable: (webhookId: string, reason: string) => Promise<void>;
};

/** `busy`: something was sent, so that there may be more to send. */
export type Served = Release & { readonly busy: boolean };

/**
 * Sends deliveries to one receiver, one after the other. A delivery that failed holds up those behind it in its lane and nobody
 * else; when the receiver fails again and again, the rest waits.
 */
export async function serve(
  endpoint: Endpoint,
  deliveries: readonly DueDelivery[],
  tools: SessionTools,
  stopping: AbortSignal,
): Promise<Served> {
  const held = new Set<string>();
  const target = once(() => openTarget(tools.keys, endpoint));
  const recording: Promise<void>[] = [];
  let { failures } = endpoint;
  let pauseMs = 0;
  let recovered = false;
  for (const delivery of deliveries) {
    if (held.has(delivery.lane)) continue;
    const reply = await attempt(target, delivery, tools, stopping).catch(() => null);
    if (reply === null) break; // stopped: it counts as never sent, and is sent again
    const verdict = judge(reply, delivery.tries, tools.maxRetries);
    tools.measure(reply, verdict);
    recording.push(tools.record(outcomeOf(delivery, reply, verdict)));
    if (verdict.t === 'delivered') {
      recovered ||= failures >= TRIP;
      failures = 0;
      continue;
    }
    failures++;
    if (verdict.t === 'gone') {
      await Promise.all(recording);
      await tools.disable(endpoint.webhookId, 'the receiver answered 410 Gone');
      break;
    }
    if (holdsUp(delivery, verdict)) held.add(delivery.lane);
    pauseMs = Math.max(closedMs(failures), reply.retryAfterMs ?? 0);
    if (pauseMs > 0 && !delivery.early) break;
  }
  await Promise.all(recording);
  const { webhookId } = endpoint;
  return { webhookId, failures, closedMs: failures > 0 ? pauseMs : 0, recovered, busy: recording.length > 0 };
}

/** Rejects when it was broken off. */
async function attempt(
  target: () => Target,
  delivery: DueDelivery,
  { post }: SessionTools,
  stopping: AbortSignal,
): Promise<Reply> {
  stopping.throwIfAborted();
  let request: Outgoing;
  try {
    request = outgoing(target(), delivery.message, delivery.deliveryId, Date.now());
  } catch (error) {
    return unsent((error as Error).message);
  }
  return tracedPost(post, request, delivery.message.traceparent, stopping);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const unsent = (error: string): Reply => ({ status: null, body: null, error, retryAfterMs: null, durationMs: 0 });

function holdsUp({ early }: DueDelivery, verdict: Verdict): boolean {
  return !early && verdict.t === 'failed' && verdict.delayMs !== null && verdict.tries < SET_ASIDE;
}

const [PENDING, DELIVERED, FAILED] = [1, 2, 3];
const MAX_BODY = 1_000;

/** A failure ahead of time leaves the schedule as it was. */
function outcomeOf({ deliveryId, tries, early }: DueDelivery, reply: Reply, verdict: Verdict): Outcome {
  const { status, durationMs } = reply;
  const body = reply.body === null ? null : [...reply.body.replaceAll('\0', '')].slice(0, MAX_BODY).join('');
  const error =
    verdict.t === 'delivered' ? null : (reply.error ?? `the receiver answered ${status}`).replaceAll('\0', '');
  const told = { deliveryId, status, error, body, durationMs };
  if (verdict.t === 'delivered') return { ...told, state: DELIVERED, tries, delayMs: null };
  if (verdict.t === 'gone') return { ...told, state: FAILED, tries, delayMs: null };
  if (early) return { ...told, state: PENDING, tries, delayMs: null };
  return {
    ...told,
    state: verdict.delayMs === null ? FAILED : PENDING,
    tries: verdict.tries,
    delayMs: verdict.delayMs,
  };
}
