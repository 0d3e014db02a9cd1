import type { Batch, Consumer } from 'kafkajs';
import type { Lifecycle } from '../lifecycle.ts';
import { gauge, isMetering } from '../telemetry/metering.ts';

/** Tells how many events of each partition are still to be handled, as far as this process knows: of those it was given. */
export function watchLag(
  consumer: Consumer,
  { group, topic }: { readonly group: string; readonly topic: string },
  lifecycle: Lifecycle,
): (batch: Batch, next: string) => void {
  if (!isMetering()) return () => {};
  const lags = new Map<number, number>();
  gauge('millrace_consumer_lag', 'Events of a partition that a group has not handled yet', lifecycle, () =>
    [...lags].map(([partition, lag]) => [lag, { topic, group, partition: String(partition) }]),
  );
  consumer.on(consumer.events.GROUP_JOIN, () => lags.clear()); // others may have got them
  return ({ partition, highWatermark }, next) => {
    lags.set(partition, Math.max(0, Number(BigInt(highWatermark) - BigInt(next))));
  };
}
