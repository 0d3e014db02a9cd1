import type { EventsConfig } from '../config.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { migrate } from '../migrations.ts';
import { openPool } from '../postgres.ts';
import type { EventConsumer, EventPublisher } from './cloud-event.ts';
import { eventLogConsumer, eventLogMigrations, eventLogPublisher } from './event-log.ts';
import { eventLogReader } from './event-log-reader.ts';
import type { EventReader } from './event-reader.ts';
import { kafkaConsumer } from './kafka-consumer.ts';
import { kafkaPublisher } from './kafka-publisher.ts';
import { kafkaReader } from './kafka-reader.ts';

export type Events = {
  readonly publisher: EventPublisher;
  readonly consumer: EventConsumer;
  readonly reader: EventReader;
};

/** The driver the configuration asks for. Kafka may be down; the event log's database must be up, it is migrated here. */
export async function openEvents(
  config: EventsConfig,
  apply: boolean,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<Events> {
  if (config.driver === 'kafka') {
    return {
      publisher: kafkaPublisher(config, lifecycle, log),
      consumer: kafkaConsumer(config, lifecycle, log),
      reader: kafkaReader(config, log),
    };
  }
  await migrate([eventLogMigrations], { url: config.url, apply, log });
  const pool = openPool(
    { url: config.url, size: 4, statementTimeoutMs: 30_000, name: 'millrace-events' },
    lifecycle,
    log,
  );
  return {
    publisher: eventLogPublisher(pool),
    consumer: eventLogConsumer(pool, lifecycle, log),
    reader: eventLogReader(pool),
  };
}
