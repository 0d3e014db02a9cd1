import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@millrace/platform/embedded-postgres';
import { createLog } from '@millrace/platform/log';
import { startOtlpReceiver } from '@millrace/platform/testing/otlp-receiver';
import { ownKafka } from '@millrace/platform/testing/own-kafka';
import { startServices } from '../tests/_services.ts';
import { wholeTrace } from './complete.ts';
import { startHook } from './hook.ts';
import { promote, WEBHOOKS_ON_LOOPBACK } from './promotion.ts';
import { drawTree } from './tree.ts';

const kafka = await ownKafka();
if (typeof kafka === 'string') throw new Error(kafka);
const folder = await mkdtemp(join(tmpdir(), 'millrace-trace-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: createLog('trace', 'silent') });
await using receiver = await startOtlpReceiver();
await using hook = await startHook();
const services = await startServices(
  {
    databaseUrl: postgres.url,
    kafkaBrokers: kafka.brokers,
    topicPrefix: '',
    artifactsFolder: join(folder, 'artifacts'),
  },
  { ...WEBHOOKS_ON_LOOPBACK, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '200' },
);
try {
  const { registered, promoted } = await promote(services.url, hook.url);
  for (const [what, { traceId }] of [['registering', registered] as const, ['promoting', promoted] as const]) {
    await hook.delivery(traceId);
    process.stdout.write(`${what}, trace ${traceId}\n${drawTree(await wholeTrace(receiver, traceId))}\n\n`);
  }
} finally {
  await services.stop();
  await postgres.stop();
  await kafka.remove();
  await rm(folder, { recursive: true, force: true });
}
