import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { kafkaBrokers } from '@millrace/platform/testing/kafka';
import pg from 'pg';
import { get, post } from '../api.ts';
import { type Program, startProgram } from '../programs/program.ts';
import { type RawEvent, readRaw } from './_raw-events.ts';

const KILLS = 5;
const STAGES = ['Staging', 'Production', 'Archived', 'None'];

type Entry = { readonly kind: string; readonly position: number; readonly hash: string; readonly version: string };
type Running = Program & { readonly url: string };

describeWith('kafka', 'a registry that is killed', () => {
  const topicPrefix = `${randomUUID()}.`;
  const topic = `${topicPrefix}millrace.registry.events`;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let sql: pg.Client;
  let registry: Running;
  let raw: Awaited<ReturnType<typeof readRaw>>;
  beforeAll(async () => {
    database = await createTestDatabase();
    registry = await start();
    sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
    await newModel();
    await allPublished();
    raw = await readRaw(kafkaBrokers(), topic);
  });
  afterAll(async () => {
    await raw?.stop();
    await registry?.stop();
    await sql?.end();
    await database?.[Symbol.asyncDispose]();
  });

  async function start(): Promise<Running> {
    const program = await startProgram({
      main: new URL('../../services/model-registry/src/main.ts', import.meta.url),
      env: {
        AUTH_MODE: 'anonymous',
        DATABASE_URL: database.url,
        HTTP_PORT: '0',
        GRPC_PORT: '0',
        TRACKING_GRPC: '127.0.0.1:1',
        KAFKA_BROKERS: kafkaBrokers().join(),
        KAFKA_TOPIC_PREFIX: topicPrefix,
        KAFKA_TOPIC_PARTITIONS: '3',
        KAFKAJS_NO_PARTITIONER_WARNING: '1',
      },
      readyWhen: (line) => /"httpPort":(\d+).*is ready/.exec(line)?.[1],
    });
    return { ...program, url: `http://127.0.0.1:${program.ready}` };
  }
  async function newModel(): Promise<string> {
    const name = `model ${randomUUID()}`;
    await post(registry.url, 'registered-models/create', { name });
    for (let i = 0; i < 2; i++) await post(registry.url, 'model-versions/create', { name, source: 's3://b/m' });
    return name;
  }
  const move = (name: string, version: string, stage: string) =>
    post(registry.url, 'model-versions/transition-stage', { name, version, stage });
  const until = async (condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) await sleep(50);
  };
  const allPublished = () => until(async () => (await sql.query('select from registry.outbox limit 1')).rowCount === 0);
  /** Keeps the relay from its work while `work` goes on. */
  const withoutRelay = async (work: () => Promise<void>) => {
    const lock = `hashtextextended('millrace.outbox.registry', 0)`;
    await sql.query(`select pg_advisory_lock(${lock})`);
    await work();
    await sql.query(`select pg_advisory_unlock(${lock})`);
  };
  const transitions = async (name: string) => {
    const { body } = await get(registry.url, 'registered-models/transitions', { name, max_results: '1000' });
    const { transitions: entries } = body as { transitions: Entry[] };
    return entries.filter(({ kind }) => kind === 'TRANSITIONED').reverse();
  };
  const eventsOf = (name: string) =>
    raw.events.filter(({ type, data }) => type.includes('stage_transitioned') && data['model'] === name);

  /** What is in the ledger has been told, and nothing else; what was told twice has one id; the order is that of the ledger. */
  const expectToldExactly = async (name: string) => {
    const kept = await transitions(name);
    await until(() => new Set(eventsOf(name).map(({ id }) => id)).size >= kept.length);
    const byId = new Map<string, RawEvent>();
    for (const event of eventsOf(name)) if (!byId.has(event.id)) byId.set(event.id, event);
    expect([...byId.values()].map(({ data }) => data['ledger_hash'])).toEqual(kept.map(({ hash }) => hash));
  };

  it('between the commit and the relay has told of the transition after its next start', async () => {
    const name = await newModel();
    await withoutRelay(async () => {
      expect(await move(name, '1', 'Production')).toMatchObject({ status: 200 });
      await registry.stop('SIGKILL');
    });
    registry = await start();
    await allPublished();
    await expectToldExactly(name);
    expect(eventsOf(name)).toHaveLength(1);
  });

  it('between the acknowledgement of Kafka and the deletion tells it again with the same id', async () => {
    const name = await newModel();
    await allPublished();
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await withoutRelay(async () => {
      for (const stage of ['Staging', 'Production']) await move(name, '1', stage);
      await holder.query('begin');
      await holder.query('select from registry.outbox for update');
    });
    await until(() => eventsOf(name).length === 2);
    await registry.stop('SIGKILL');
    await holder.end();
    registry = await start();
    await allPublished();
    await until(() => eventsOf(name).length === 4);
    const [first, second, third, fourth] = eventsOf(name).map(({ id }) => id);
    expect([third, fourth]).toEqual([first, second]);
    await expectToldExactly(name);
  });

  it('at any moment under load has told of every transition that can be seen, and of no other', async () => {
    const names = await Promise.all(Array.from({ length: 4 }, newModel));
    let going = true;
    const write = async (name: string) => {
      for (let i = 0; going; i++) {
        const version = String((i % 2) + 1);
        const answer = await move(name, version, STAGES[randomInt(STAGES.length)] ?? 'None').catch(() => undefined);
        if (answer?.status !== 200) await sleep(50);
      }
    };
    const writing = Promise.all(names.map(write));
    for (let i = 0; i < KILLS; i++) {
      await sleep(randomInt(200, 1_200));
      await registry.stop('SIGKILL');
      registry = await start();
    }
    await sleep(300);
    going = false;
    await writing;
    await allPublished();
    for (const name of names) {
      await expectToldExactly(name);
      const verified = await get(registry.url, 'registered-models/transitions/verify', { name });
      expect(verified.body).toMatchObject({ intact: true });
    }
  }, 180_000);
});
