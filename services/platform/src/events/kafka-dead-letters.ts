import type { Kafka, KafkaMessage, Producer } from 'kafkajs';
import type { Lifecycle } from '../lifecycle.ts';
import type { Poison } from './attempts.ts';
import type { KafkaEvents } from './kafka-client.ts';
import { connectProducer, ensureTopic } from './kafka-publisher.ts';

/** Where a message stood. */
export type Place = { readonly topic: string; readonly partition: number; readonly group: string };

/** Puts a message, as it was, on `<topic>.dlq`, with headers that say why. */
export type Bury = (message: KafkaMessage, place: Place, poison: Poison) => Promise<void>;

export function kafkaDeadLetters(kafka: Kafka, config: KafkaEvents, lifecycle: Lifecycle): Bury {
  let ready: Promise<Producer> | undefined;
  lifecycle.onClose('kafka dead letters', async () => {
    await (await ready?.catch(() => undefined))?.disconnect();
  });
  return async ({ key, value, headers, offset }, { topic, partition, group }, { error, attempts, firstFailedAt }) => {
    const target = `${topic}.dlq`;
    await ensureTopic(kafka, target, config);
    ready ??= connectProducer(kafka).catch((failure: unknown) => {
      ready = undefined;
      throw failure;
    });
    const why = {
      'x-error': error,
      'x-attempts': String(attempts),
      'x-first-failed-at': firstFailedAt.toISOString(),
      'x-group': group,
      'x-position': `${topic}/${partition}/${offset}`,
    };
    await (await ready).send({ topic: target, acks: -1, messages: [{ key, value, headers: { ...headers, ...why } }] });
  };
}
