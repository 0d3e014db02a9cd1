import { counter, durations } from './metering.ts';

export type RelayMetrics = {
  /** By when they happened. */
  readonly published: (occurred: readonly Date[]) => void;
  readonly failed: (kind: 'refused' | 'failed') => void;
};

/** What becomes of the events of an outbox; undefined when nobody collects metrics. */
export function relayMetrics(outbox: string): RelayMetrics | undefined {
  const published = counter('millrace_outbox_published_total', 'Events that have left the outbox for the broker');
  const failures = counter(
    'millrace_outbox_publish_failures_total',
    'Tries that failed: the broker refused an event, or could not be had',
  );
  const delay = durations('millrace_outbox_relay_delay_seconds', 'From the commit of a change to the broker’s receipt');
  if (!published || !failures) return undefined;
  for (const kind of ['refused', 'failed']) failures.add(0, { outbox, kind });
  published.add(0, { outbox });
  return {
    published(occurred) {
      published.add(occurred.length, { outbox });
      const now = Date.now();
      for (const at of occurred) delay?.record(Math.max(0, now - at.getTime()) / 1_000, { outbox });
    },
    failed: (kind) => failures.add(1, { outbox, kind }),
  };
}
