import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@millrace/platform/events/cloud-event';
import { declaredEvents, declaredStream } from '@millrace/platform/events/event-type';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { eventContract } from '@millrace/platform/testing/event-contract';
import { file_millrace_events_v1_artifacts } from '@millrace/proto/events/v1/artifacts';
import { file_millrace_events_v1_registry } from '@millrace/proto/events/v1/registry';
import { file_millrace_events_v1_tracking } from '@millrace/proto/events/v1/tracking';
import { pino } from 'pino';
import { type Local, startLocal } from '../src/local.ts';
import { causeEveryEvent } from './_every-event.ts';

const files = [file_millrace_events_v1_tracking, file_millrace_events_v1_registry, file_millrace_events_v1_artifacts];
const contract = eventContract(files);
const examplesFolder = new URL('../../../docs/events/examples/', import.meta.url);

describe('the contract of events', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let dataDir: string;
  let local: Local;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-events-'));
    const options = {
      host: '127.0.0.1',
      port: 0,
      dataDir,
      env: { DATABASE_URL: database.url, PURGE_DELETED_AFTER_HOURS: '1', PURGE_EVERY_SECONDS: '0.1' },
    };
    local = await startLocal(options, pino({ level: 'silent' }));
  });
  afterAll(async () => {
    await local?.close();
    await database?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is kept by everything that the services emit, and they emit all of it', async () => {
    const events = await causeEveryEvent(local.url, database.url);
    expect(events.flatMap(contract.problemsOfEmitted)).toEqual([]);
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([...contract.types].sort());
  });

  it('still takes the events that people have built on', async () => {
    const names = await readdir(examplesFolder);
    const examples = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(new URL(name, examplesFolder), 'utf8')) as CloudEvent),
    );
    expect(examples.flatMap(contract.problems)).toEqual([]);
    expect(new Set(examples.map(({ type }) => type))).toEqual(new Set(contract.types));
  });

  it('is served: a schema for what every event names, and one document that has them all', async () => {
    const get = async (path: string) => {
      const response = await fetch(local.url + path);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const document = (await get('/asyncapi.json')).body as {
      asyncapi: string;
      channels: Record<string, { address: string }>;
      components: { schemas: Record<string, object>; messages: Record<string, { name: string }> };
    };
    expect(document.asyncapi).toBe('3.0.0');
    expect(
      Object.values(document.channels)
        .map(({ address }) => address)
        .sort(),
    ).toEqual(['millrace.artifacts.events', 'millrace.registry.events', 'millrace.tracking.events']);
    expect(
      Object.values(document.components.messages)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...contract.types].sort());
    for (const [type, schema] of Object.entries(document.components.schemas)) {
      expect(await get(`/schemas/${type}.v1.json`)).toEqual({ status: 200, body: schema });
    }
    expect(await get('/schemas/metrics.logged.v1.json')).toMatchObject({ status: 404 });
  });

  it('is what docs/events.md lists, field by field', async () => {
    const page = await readFile(new URL('../../../docs/events.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+\.\w+)` \| (\w+) \| (.*) \|$/gm)].map((row) => row.slice(1));
    const rightRows = files.flatMap((file) =>
      declaredEvents(file).map(({ type, data }) => {
        const fields = data.fields.slice(['event', 'workspace', 'actor'].length);
        const names = fields.map(({ name, proto }) => (proto.proto3Optional ? `*${name}*` : name));
        return [type, declaredStream(file).topic.split('.')[1], names.join(', ')];
      }),
    );
    expect(new Set(rows)).toEqual(new Set(rightRows));
    expect(rows).toHaveLength(rightRows.length);
  });

  it('tells when an event breaks it', () => {
    const envelope = { specversion: '1.0', type: 'io.millrace.registered_model.created.v1' };
    expect(contract.problems(envelope)).toContainEqual(expect.stringContaining("must have required property 'data'"));
    expect(contract.problems({ ...envelope, type: 'io.millrace.model.born.v1' })).toEqual([
      'no event of the contract has the type io.millrace.model.born.v1',
    ]);
  });
});
