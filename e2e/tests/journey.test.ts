import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MlflowClient, pythonWithMlflow } from '@millrace/platform/testing/python';
import { post } from '../api.ts';
import { type Local, startLocal } from '../programs/local.ts';
import { runJourney } from './_journey.ts';
import { callSizes, type Move, settle, type Transition } from './_moves.ts';
import { openParts } from './_parts.ts';
import { startServices } from './_services.ts';
import { consumeTransitions, type SeenTransition } from './_transition-consumer.ts';

const CLIENTS: readonly MlflowClient[] = ['newest', '2.22'];
const TIMEOUT_MS = 600_000;

describe('on one machine, as npm start runs it,', () => {
  let dataDir: string;
  let local: Local;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-journey-data-'));
    local = await startLocal(dataDir);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await local?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each(CLIENTS)(
    'the %s MLflow client gets through the journey',
    async (client) => {
      const transitions = await runJourney(await pythonWithMlflow(client), local);
      expect(transitions.length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describe('as three services on PostgreSQL, Kafka and S3,', () => {
  let parts: Awaited<ReturnType<typeof openParts>>;
  let services: Awaited<ReturnType<typeof startServices>>;
  let consumer: Awaited<ReturnType<typeof consumeTransitions>>;

  beforeAll(async () => {
    parts = await openParts();
    services = await startServices(parts);
    consumer = await consumeTransitions(parts.kafkaBrokers, `${parts.topicPrefix}millrace.registry.events`);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await consumer?.stop();
    await services?.stop();
    await parts?.close();
  });

  it.each(CLIENTS)(
    'the %s MLflow client gets through the journey, and Kafka has each stage transition once and in order',
    async (client) => {
      const transitions = await runJourney(await pythonWithMlflow(client), services);
      const models = [...new Set(transitions.map(({ model }) => model))];
      expect(models).toHaveLength(2);
      for (const model of models) {
        const made = transitions.filter((transition) => transition.model === model);
        // Events of one model come in order: once this last one is there, so are all that belong before it.
        const last = await moveOnceMore(services.url, model, made);
        const seen = await consumer.ofModel(model, ({ version, from, to }) =>
          isDeepStrictEqual({ model, version, from, to }, last),
        );
        const sizes = callSizes(made);
        expect(settle(seen, sizes)).toEqual([...settle(made, sizes), last]);
        for (const event of seen) expectCloudEvent(event);
      }
    },
    TIMEOUT_MS,
  );
});

/** Makes a move unlike all that were made of the model, by which its end in the topic is known. */
async function moveOnceMore(url: string, model: string, made: readonly Transition[]): Promise<Move> {
  const from = made.findLast(({ version }) => version === '1')?.to ?? 'None';
  const last: Move = { model, version: '1', from, to: 'Staging' };
  expect(made).not.toContainEqual(expect.objectContaining(last));
  const { status } = await post(url, 'model-versions/transition-stage', {
    name: model,
    version: '1',
    stage: 'Staging',
  });
  expect(status).toBe(200);
  return last;
}

/** CloudEvents 1.0 in structured mode, its attributes repeated as headers, keyed by model. */
function expectCloudEvent({ id, key, model, version, envelope, headers }: SeenTransition): void {
  const subject = `models/${model}/versions/${version}`;
  expect(envelope).toMatchObject({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    source: '/workspaces/default/model-registry',
    subject,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    datacontenttype: 'application/json',
    partitionkey: key,
  });
  expect(key).toBe(`default/${model}`);
  expect(headers).toMatchObject({ ce_id: id, ce_type: envelope['type'], ce_subject: subject });
  expect(headers['content-type']).toMatch(/^application\/cloudevents\+json/);
}
