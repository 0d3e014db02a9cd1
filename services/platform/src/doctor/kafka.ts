import type { Admin } from 'kafkajs';
import { pino } from 'pino';
import { type KafkaEvents, kafkaClient } from '../events/kafka-client.ts';
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts';

/** The brokers, and the topic of the service as it is or would be made. */
export async function kafkaFindings(config: KafkaEvents, topic: string): Promise<readonly Finding[]> {
  const admin = kafkaClient(config, pino({ level: 'silent' })).admin({ retry: { retries: 1 } });
  try {
    await admin.connect();
  } catch (error) {
    return [failed('kafka', `${config.brokers.join(', ')} cannot be reached: ${reasonOf(error)}`, unreachable(error))];
  }
  try {
    const { brokers } = await admin.describeCluster();
    const reached = ok(
      'kafka',
      `${brokers.length} broker${brokers.length === 1 ? '' : 's'} at ${config.brokers.join(', ')}`,
    );
    return [reached, ...(await topicFindings(admin, config, config.topicPrefix + topic, brokers.length))];
  } finally {
    await admin.disconnect();
  }
}

async function topicFindings(admin: Admin, config: KafkaEvents, topic: string, brokers: number): Promise<Finding[]> {
  if (!(await admin.listTopics()).includes(topic)) return [missing(config, topic, brokers)];
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  const replicas = Math.min(...partitions.map((each) => each.replicas.length));
  const found: Finding[] = [];
  const leaderless = partitions.filter(({ leader, isr }) => leader < 0 || isr.length === 0);
  if (leaderless.length > 0) {
    const detail = `${leaderless.length} partitions of ${topic} have no leader: their events wait`;
    found.push(failed('kafka topic', detail, 'Bring the brokers back that held them.'));
  }
  const behind = partitions.filter(({ isr, replicas: all }) => isr.length < all.length).length;
  if (behind > 0 && leaderless.length === 0) {
    const detail = `${behind} partitions of ${topic} lack a replica that is in sync`;
    found.push(warning('kafka topic', detail, 'See which broker is down or slow.'));
  }
  if (replicas < 2) found.push(unreplicated(topic, brokers));
  const minimum = await minInSync(admin, topic);
  if (minimum > replicas) {
    const detail = `${topic} has ${replicas} replicas, but min.insync.replicas asks for ${minimum}: nothing can be published`;
    found.push(failed('kafka topic', detail, 'Add replicas, or lower min.insync.replicas of the topic.'));
  }
  const summary = `${topic} has ${partitions.length} partitions, ${replicas} replicas`;
  return found.length > 0 ? found : [ok('kafka topic', summary)];
}

function missing({ partitions, replication }: KafkaEvents, topic: string, brokers: number): Finding {
  if (replication > brokers) {
    const detail = `${topic} is not there, and cannot be made with ${replication} replicas on ${brokers} brokers`;
    return failed('kafka topic', detail, 'Lower KAFKA_TOPIC_REPLICATION, or add brokers.');
  }
  const replicas = replication === -1 ? "the broker's default of" : String(replication);
  return ok(
    'kafka topic',
    `${topic} will be made with the first event: ${partitions} partitions, ${replicas} replicas`,
  );
}

function unreplicated(topic: string, brokers: number): Finding {
  const fix =
    brokers < 3 ? 'For production run three brokers.' : 'Add replicas with kafka-reassign-partitions; three is usual.';
  return warning('kafka topic', `${topic} has one replica: its events are gone with that broker's disk`, fix);
}

/** 1 where the right to read settings is missing, which services do without. */
async function minInSync(admin: Admin, topic: string): Promise<number> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic, configNames: ['min.insync.replicas'] }],
    });
    return Number(resources[0]?.configEntries[0]?.configValue ?? 1);
  } catch {
    return 1;
  }
}

function unreachable(error: unknown): string {
  if (/SASL|auth/i.test(reasonOf(error))) return 'Correct KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_SASL_MECHANISM.';
  return 'See that the brokers run, that KAFKA_BROKERS has the addresses they advertise, and KAFKA_SSL what they speak.';
}
