import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { kafkaBrokers } from '@millrace/platform/testing/kafka';
import { plainKafka } from '@millrace/platform/testing/plain-kafka';
import { pino } from 'pino';
import { startLocal } from '../src/local.ts';
import { recipe } from './_recipe.ts';

type Json = Readonly<Record<string, unknown>>;
export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Json };
export type Message = { readonly headers: Readonly<Record<string, string>>; readonly value: Json };

/** The stages that version 1 of `churn` went to. */
export const MOVES = ['Staging', 'Production', 'Archived'] as const;

/**
 * A Millrace with the webhooks of these pages of docs/ci-cd, sent to this machine instead, and a model version made from a run
 * that went from stage to stage.
 */
export async function promote(pages: readonly string[]) {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-recipes-'));
  const prefix = `${randomUUID()}.`;
  const env = {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: kafkaBrokers().join(),
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
    WEBHOOK_ALLOWED_SCHEMES: 'http',
    WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
  };
  const local = await startLocal({ host: '127.0.0.1', port: 0, dataDir, env }, pino({ level: 'silent' }));
  const ci = await startCi();
  const post = async (path: string, body: Json) => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${local.url}/api/2.0/mlflow/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as Record<string, Json>;
  };
  const move = (stage: string) => post('model-versions/transition-stage', { name: 'churn', version: '1', stage });

  for (const page of pages) {
    const given = JSON.parse(recipe(`ci-cd/${page}.md`, 'webhook')) as Json & { readonly url: string };
    const { pathname, search } = new URL(given.url);
    await post('webhooks', { ...given, url: `${ci.url}/${page}${pathname}${search}` });
  }
  const tags = [{ key: 'mlflow.source.git.commit', value: '5f2b6c1d' }];
  const { run } = await post('runs/create', { experiment_id: '0', start_time: 1, tags });
  const run_id = ((run as Json)['info'] as { readonly run_id: string }).run_id;
  await post('registered-models/create', { name: 'churn' });
  await post('model-versions/create', { name: 'churn', source: 's3://bucket/churn', run_id });
  for (const stage of MOVES) await move(stage);
  const kafka = plainKafka(kafkaBrokers());

  return {
    kafka,
    topic: `${prefix}millrace.registry.events`,
    prefix,
    move,
    /** What the CI system of a page was told of each move. */
    told: (page: string) => ci.first(page, MOVES.length),
    async close() {
      await local.close();
      await ci.close();
      await database[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Stands for all CI systems; the first part of the path tells which one was meant. */
async function startCi() {
  const received: Received[] = [];
  let heard = () => {};
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Json;
      received.push({ path: req.url ?? '', headers: req.headers, body });
      res.writeHead(204).end();
      heard();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async first(page: string, count: number): Promise<Received[]> {
      const of = () => received.filter(({ path }) => path.startsWith(`/${page}/`));
      while (of().length < count) await new Promise<void>((done) => (heard = done));
      return of().slice(0, count);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
