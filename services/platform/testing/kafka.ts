import { variable } from './variable.ts';

/** Addresses of a real broker. All tests share it, so topics and groups need names of their own. */
export function kafkaBrokers(): readonly string[] {
  return variable('TEST_KAFKA_BROKERS').split(',');
}
