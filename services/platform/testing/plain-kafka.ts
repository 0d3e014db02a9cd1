import { Kafka, logLevel } from 'kafkajs';
import { calmIdleConnections } from '../src/events/kafka-idle.ts';

/** A client as others have one, who know nothing of Millrace's producers and consumers. */
export function plainKafka(brokers: readonly string[], clientId = 'test'): Kafka {
  calmIdleConnections();
  return new Kafka({ clientId, brokers: [...brokers], logLevel: logLevel.NOTHING });
}
