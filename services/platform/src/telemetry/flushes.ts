import { type Context, context, type Link, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Lifecycle } from '../lifecycle.ts';
import { counter, durations, gauge, isMetering, sizes } from './metering.ts';
import { inSpan, isTracing } from './tracing.ts';

/** Where an item comes from, to be kept with it while it waits; undefined when nobody collects spans, or not of this. */
export function originOf(): Context | undefined {
  if (!isTracing()) return undefined;
  const origin = context.active();
  return trace.getSpan(origin)?.isRecording() ? origin : undefined;
}

/** Does the work of several at once in the trace of the first; the span links to the others. */
export function flushSpan<T>(
  name: string,
  origins: readonly (Context | undefined)[],
  work: () => Promise<T>,
): Promise<T> {
  const [parent, ...others] = origins.filter((origin) => origin !== undefined);
  // whatever was going on when the queue was set in motion has no more to do with these items than with others
  if (!parent) return isTracing() ? context.with(ROOT_CONTEXT, work) : work();
  const links = others.flatMap((origin): Link[] => {
    const linked = trace.getSpanContext(origin);
    return linked ? [{ context: linked }] : [];
  });
  return inSpan({ name: `flush ${name}`, parent, links, attributes: { 'millrace.items': origins.length } }, work);
}

export type Waiting = { readonly items: number; readonly weight: number; readonly inFlight: number };
export type FlushMetrics = {
  readonly flushed: (items: number, weight: number, startedAt: number) => void;
  readonly refused: () => void;
};

/** How much waits to be written together, and how much then is. Undefined when nobody collects metrics. */
export function flushMetrics(queue: string, lifecycle: Lifecycle, waiting: () => Waiting): FlushMetrics | undefined {
  if (!isMetering()) return undefined;
  const at = { queue };
  gauge('millrace_queue_items', 'Requests that wait to be done together', lifecycle, () => [[waiting().items, at]]);
  gauge('millrace_queue_rows', 'Rows of those requests', lifecycle, () => [[waiting().weight, at]]);
  gauge(
    'millrace_queue_flushes_in_flight',
    'Statements or calls that several requests share, under way',
    lifecycle,
    () => [[waiting().inFlight, at]],
  );
  const items = sizes('millrace_flush_items', 'Requests that shared a statement with its commit, or a call');
  const rows = sizes('millrace_flush_rows', 'Rows of such a statement');
  const duration = durations('millrace_flush_duration_seconds', 'Of such a statement with its commit, or call');
  const refused = counter('millrace_queue_refused_total', 'Requests answered 429 because too much waited');
  refused?.add(0, at);
  return {
    flushed(count, weight, startedAt) {
      items?.record(count, at);
      rows?.record(weight, at);
      duration?.record((performance.now() - startedAt) / 1_000, at);
    },
    refused: () => refused?.add(1, at),
  };
}
