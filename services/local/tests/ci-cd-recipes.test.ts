import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { run } from '@bufbuild/cel';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { parse } from 'yaml';
import { type Message, MOVES, promote, type Received } from './_promotion.ts';
import { at, recipe } from './_recipe.ts';
import { lag, read } from './_topic.ts';

type Json = Readonly<Record<string, unknown>>;

const STARTS = MOVES.map((stage) => stage === 'Production');
const TYPE = 'io.millrace.model_version.stage_transitioned.v1';
const transitions = (messages: readonly Message[]) => messages.filter(({ value }) => value['type'] === TYPE);
const all = (messages: readonly Message[]) => transitions(messages).length >= MOVES.length;

/** The comparisons of Argo, Tekton and GitHub used here are also CEL. */
const holds = (expression: string, bindings: Json) => run(expression, bindings as Parameters<typeof run>[1]);
const page = (name: string, mark: string) => parse(recipe(`ci-cd/${name}.md`, mark)) as Json;

describeWith('kafka', 'from a version that moves to Production to a pipeline that starts:', () => {
  let promotion: Awaited<ReturnType<typeof promote>>;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-ci-'));
    promotion = await promote(['github-actions', 'gitlab', 'jenkins', 'argo-events', 'tekton']);
  }, 60_000);
  afterAll(async () => {
    await promotion?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const expectArgoStarts = (mark: string, kind: string, bodies: readonly Json[]) => {
    const expression = at(page('argo-events', mark), `spec.${kind}.to-production.filter.expression`) as string;
    expect(bodies.map((body) => holds(expression, { body }))).toEqual(STARTS);
    const sensor = page('argo-events', 'sensor');
    const promoted = { body: bodies[STARTS.indexOf(true)] };
    expect(at(sensor, 'spec.dependencies.0.eventName')).toBe('to-production');
    const [filter] = at(sensor, 'spec.dependencies.0.filters.data') as { path: string; value: string[] }[];
    expect(filter?.value).toEqual([at(promoted, filter?.path ?? '')]);
    const key = at(sensor, 'spec.triggers.0.template.argoWorkflow.parameters.0.src.dataKey') as string;
    expect(at(promoted, key)).toBe('models:/churn/1');
  };

  it('Argo Events, from Kafka', async () => {
    const source = at(page('argo-events', 'kafka-source'), 'spec.kafka.to-production') as Json;
    const group = promotion.prefix + String(at(source, 'consumerGroup.groupName'));
    const topic = promotion.prefix + String(source['topic']);
    const messages = await read(promotion.kafka, { topic, group }, all);
    const bodies = transitions(messages).map(({ value }) => value);
    expectArgoStarts('kafka-source', 'kafka', bodies);
  }, 60_000);

  it('Argo Events, from a webhook', async () => {
    const told = await promotion.told('argo-events');
    const endpoint = at(page('argo-events', 'webhook-source'), 'spec.webhook.to-production.endpoint');
    expect(told[0]?.path).toBe(`/argo-events${String(endpoint)}`);
    const bodies = told.map(({ body }) => body);
    expectArgoStarts('webhook-source', 'webhook', bodies);
  });

  it('Tekton, for one model, with values that are there', async () => {
    const trigger = at(page('tekton', 'listener'), 'spec.triggers.0') as Json;
    const filter = at(trigger, 'interceptors.0.params.0.value') as string;
    const told = await promotion.told('tekton');
    expect(told.map(({ body }) => holds(filter, { body }))).toEqual(STARTS);
    const body = told[1]?.body as Json;
    const other = { ...body, data: { ...(body['data'] as Json), model: 'other' } };
    expect(holds(filter, { body: other })).toBe(false);
    const bindings = trigger['bindings'] as { name: string; value: string }[];
    const values = bindings.map(({ name, value }) => [name, at({ body }, /^\$\((.*)\)$/.exec(value)?.[1] ?? '')]);
    expect(Object.fromEntries(values)).toEqual({
      'model-uri': 'models:/churn/1',
      'git-commit': '5f2b6c1d',
      'event-id': body['id'],
    });
  });

  it('GitHub Actions, by a dispatch that GitHub takes', async () => {
    const workflow = page('github-actions', 'workflow');
    const types = at(workflow, 'on.repository_dispatch.types') as string[];
    const told = await promotion.told('github-actions');
    expect(told.map(({ body }) => types.includes(body['event_type'] as string))).toEqual(STARTS);
    const { body, headers, path } = told[1] as Received;
    expect(path).toMatch(/^\/github-actions\/repos\/[\w-]+\/[\w-]+\/dispatches$/);
    expect(headers).toMatchObject({ authorization: 'Bearer <token>', accept: 'application/vnd.github+json' });
    expect(Object.keys(body).sort()).toEqual(['client_payload', 'event_type']);
    expect(String(body['event_type']).length).toBeLessThanOrEqual(100);
    expect(Object.keys(body['client_payload'] as Json).length).toBeLessThanOrEqual(10);
    const github = { event: { client_payload: body['client_payload'] } };
    const job = at(workflow, 'jobs.deploy') as Json;
    expect(holds(job['if'] as string, { github })).toBe(true);
    const values = Object.entries(at(job, 'steps.0.env') as Record<string, string>).map(([name, value]) => [
      name,
      at({ github }, /^\$\{\{ (.*) \}\}$/.exec(value)?.[1] ?? ''),
    ]);
    expect(Object.fromEntries(values)).toEqual({ MODEL_URI: 'models:/churn/1', GIT_COMMIT: '5f2b6c1d' });
  });

  it('Jenkins, by what its variables hold', async () => {
    const text = recipe('ci-cd/jenkins.md', 'jenkinsfile');
    const variables = [...text.matchAll(/key: '(\w+)', value: '\$\.([\w.]+)'/g)];
    const setting = (name: string) => new RegExp(`${name}: '([^']*)'`).exec(text)?.[1] ?? '';
    const told = await promotion.told('jenkins');
    const valuesOf = ({ body }: Received) =>
      new Map(variables.map(([, key = '', path = '']) => [key, String(at(body, path))]));
    const starts = (one: Received) => {
      const values = valuesOf(one);
      const filled = setting('regexpFilterText').replace(/\$(\w+)/g, (_, key: string) => values.get(key) ?? '');
      return new RegExp(setting('regexpFilterExpression')).test(filled);
    };
    expect(told.map(starts)).toEqual(STARTS);
    const promoted = told[1] as Received;
    expect(valuesOf(promoted)).toEqual(
      new Map([
        ['MODEL', 'churn'],
        ['MODEL_URI', 'models:/churn/1'],
        ['TO_STAGE', 'Production'],
        ['EVENT_ID', String(promoted.body['id'])],
      ]),
    );
    expect(promoted.path).toContain('/generic-webhook-trigger/invoke?token=');
  });

  it('GitLab, by running the script of its job', async () => {
    const script = (at(page('gitlab', 'pipeline'), 'deploy.script') as string[]).join('\n');
    const deployed = join(folder, 'deployed');
    const program = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      await chmod(join(folder, name), 0o755);
    };
    await program('deploy.sh', `#!/bin/sh\nprintf '%s\\n' "$@" >> '${deployed}'\n`);
    await program('jq', JQ); // for machines that have none
    const told = await promotion.told('gitlab');
    for (const { body } of told) {
      const payload = join(folder, 'payload.json');
      await writeFile(payload, JSON.stringify(body));
      const env = { PATH: `${process.env['PATH'] ?? ''}:${folder}`, TRIGGER_PAYLOAD: payload };
      await promisify(execFile)('sh', ['-e', '-c', script], { cwd: folder, env });
    }
    expect((await readFile(deployed, 'utf8')).trim().split('\n')).toEqual(['models:/churn/1', told[1]?.body['id']]);
    expect(told[1]?.path).toMatch(/^\/gitlab\/api\/v4\/projects\/\d+\/ref\/main\/trigger\/pipeline\?token=/);
  });

  it('Knative, as CloudEvents of the type that the trigger waits for', async () => {
    const source = at(page('knative-keda', 'source'), 'spec') as Json;
    const group = promotion.prefix + String(source['consumerGroup']);
    const topic = promotion.prefix + String((source['topics'] as string[])[0]);
    const messages = await read(promotion.kafka, { topic, group }, all);
    const wanted = at(page('knative-keda', 'trigger'), 'spec.filter.attributes') as Record<string, string>;
    const passing = messages.filter(({ value }) =>
      Object.entries(wanted).every(([name, text]) => value[name] === text),
    );
    expect(passing.map(({ value }) => at(value, 'data.to_stage'))).toEqual(MOVES);
    for (const { headers, value } of messages) {
      expect(headers['content-type']).toMatch(/^application\/cloudevents\+json\b/);
      for (const name of ['id', 'type', 'source', 'specversion', 'subject', 'time', 'partitionkey'])
        expect(headers[`ce_${name}`]).toBe(value[name]);
    }
  }, 60_000);

  it('KEDA, by how far the group is behind', async () => {
    const metadata = at(page('knative-keda', 'scaler'), 'spec.triggers.0.metadata') as Record<string, string>;
    const reading = {
      topic: promotion.prefix + String(metadata['topic']),
      group: promotion.prefix + String(metadata['consumerGroup']),
    };
    const behind = () => lag(promotion.kafka, reading);
    const { partitions, events } = await behind();
    expect(partitions).toBe(at(page('knative-keda', 'scaler'), 'spec.maxReplicaCount'));
    const messages = await read(promotion.kafka, reading, (read) => read.length >= events);
    expect(messages.length).toBe(events);
    expect((await behind()).events).toBe(0);
    await promotion.move('None');
    while ((await behind()).events !== 1) await new Promise((done) => setTimeout(done, 50));
  }, 60_000);
});

const JQ = `#!/usr/bin/env node
const [, path, file] = process.argv.slice(2);
const value = JSON.parse(require('node:fs').readFileSync(file, 'utf8'));
console.log(path.split('.').filter(Boolean).reduce((node, key) => node[key], value));
`;
