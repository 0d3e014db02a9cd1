import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from 'kafkajs';
import type { EventsConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { calmIdleConnections } from './kafka-idle.ts';

export type KafkaEvents = Extract<EventsConfig, { driver: 'kafka' }>;

/** The one place that makes Kafka clients. */
export function kafkaClient(config: KafkaEvents, log: Logger): Kafka {
  calmIdleConnections();
  return new Kafka({
    clientId: 'millrace',
    brokers: [...config.brokers],
    ssl: config.ssl,
    ...(config.login && { sasl: config.login as SASLOptions }),
    // short: whoever uses the client tries again by itself, and a service that stops must not wait for long
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3 },
    logLevel: logLevel.WARN,
    logCreator: logsTo(log),
  });
}

/** kafkajs calls ordinary rebalances and reconnections errors; what matters reaches us as a rejected call. */
const logsTo =
  (log: Logger): NonNullable<KafkaConfig['logCreator']> =>
  () =>
  ({ label, log: { message, logger: _logger, timestamp: _timestamp, ...details } }) =>
    log.debug({ kafka: label, ...details }, message);
