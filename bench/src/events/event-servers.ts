import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventsConfig } from '@millrace/platform/config';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { type OwnKafka, ownKafka } from '@millrace/platform/testing/own-kafka';
import type { Target } from '../load/round.ts';
import { openDatabase } from '../targets/database.ts';
import { startMillrace } from '../targets/millrace.ts';

export type EventServers = {
  readonly target: Target;
  readonly postgres: string;
  /** Where the events of the target are read. */
  readonly events: EventsConfig;
};

export type Where = { readonly folder: string; readonly database?: string | undefined };

/** A Millrace whose events go to these brokers, or, without any, to the log in PostgreSQL. */
export async function startEventServers(
  { folder, database: given }: Where,
  brokers: readonly string[],
  env: Readonly<Record<string, string>>,
  lifecycle: Lifecycle,
): Promise<EventServers> {
  mkdirSync(folder, { recursive: true });
  const database = await openDatabase(join(folder, 'postgres'), given, lifecycle);
  const topicPrefix = `bench-${randomUUID()}.`;
  const kafka = { KAFKA_BROKERS: brokers.join(), KAFKA_TOPIC_PREFIX: topicPrefix, KAFKAJS_NO_PARTITIONER_WARNING: '1' };
  const target = await startMillrace(join(folder, 'millrace'), database, lifecycle, {
    ...env,
    ...(brokers.length > 0 && kafka),
  });
  const events: EventsConfig =
    brokers.length > 0
      ? { driver: 'kafka', brokers, topicPrefix, partitions: 12, replication: -1, ssl: false, login: null }
      : { driver: 'postgres', url: database.url };
  return { target, postgres: database.version, events };
}

/** A broker that can be stopped. */
export async function startBroker(lifecycle: Lifecycle): Promise<OwnKafka> {
  const kafka = await ownKafka();
  if (typeof kafka === 'string') throw new Error(`There is no Kafka on this machine: ${kafka}`);
  lifecycle.onClose('Kafka', () => kafka.remove());
  return kafka;
}
