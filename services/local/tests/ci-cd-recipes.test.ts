import { run } from '@bufbuild/cel';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { at, example, recipe } from './_recipe.ts';

type Json = Readonly<Record<string, unknown>>;
type Event = Json & { readonly data: Readonly<Record<string, string>> };

const promoted = example('model_version.stage_transitioned') as Event;
const archived: Event = { ...promoted, data: { ...promoted.data, from_stage: 'Production', to_stage: 'Archived' } };
const created = example('model_version.created') as Event;

/** The comparisons of Argo, Tekton and GitHub used here are also CEL. */
const holds = (expression: string, bindings: Json) => run(expression, bindings as Parameters<typeof run>[1]);
const webhook = (page: string) =>
  JSON.parse(recipe(page, 'webhook')) as { readonly event_types: string[]; body_template: string };

describe('the recipe for', () => {
  it.each(['kafka-source', 'webhook-source'])('Argo Events starts for promotions only, by its %s', (mark) => {
    const source = parse(recipe('ci-cd/argo-events.md', mark)) as Json;
    const kind = mark.split('-')[0];
    const expression = at(source, `spec.${kind}.to-production.filter.expression`) as string;
    const passes = [promoted, archived, created].map((body) => holds(expression, { body }));
    expect(passes.slice(0, 2)).toEqual([true, false]);
    expect(passes[2]).not.toBe(true);
    const sensor = parse(recipe('ci-cd/argo-events.md', 'sensor')) as Json;
    expect(at(sensor, 'spec.dependencies.0.eventName')).toBe('to-production');
    expect(at({ body: promoted }, at(sensor, 'spec.dependencies.0.filters.data.0.path') as string)).toBe('churn');
    const key = at(sensor, 'spec.triggers.0.template.argoWorkflow.parameters.0.src.dataKey') as string;
    expect(at({ body: promoted }, key)).toBe('models:/churn/1');
  });

  it('Tekton starts for promotions of one model, and picks values that are there', () => {
    const listener = parse(recipe('ci-cd/tekton.md', 'listener')) as Json;
    const trigger = at(listener, 'spec.triggers.0') as Json;
    const filter = at(trigger, 'interceptors.0.params.0.value') as string;
    const other = { ...promoted, data: { ...promoted.data, model: 'other' } };
    expect([promoted, archived, other].map((body) => holds(filter, { body }))).toEqual([true, false, false]);
    const paths = (trigger['bindings'] as { value: string }[]).map(
      ({ value }) => /^\$\((.*)\)$/.exec(value)?.[1] ?? '',
    );
    for (const path of paths) expect(at({ body: promoted }, path)).toEqual(expect.stringMatching(/./));
  });

  it('GitHub Actions dispatches what the workflow waits for', () => {
    const { body_template, event_types } = webhook('ci-cd/github-actions.md');
    expect(event_types).toEqual([promoted.data['event']]);
    const fill = (value: string, event: Event): unknown =>
      value === '{{.}}' ? event : value.replace(/\{\{([\w.]+)\}\}/g, (_, path: string) => String(at(event, path)));
    const template = JSON.parse(body_template) as { event_type: string; client_payload: { event: string } };
    const workflow = parse(recipe('ci-cd/github-actions.md', 'workflow')) as Json;
    const types = at(workflow, 'on.repository_dispatch.types') as string[];
    expect([promoted, archived].map((event) => types.includes(String(fill(template.event_type, event))))).toEqual([
      true,
      false,
    ]);
    const github = { event: { client_payload: { event: fill(template.client_payload.event, promoted) } } };
    const job = at(workflow, 'jobs.deploy') as Json;
    expect(holds(job['if'] as string, { github })).toBe(true);
    for (const value of Object.values(at(job, 'steps.0.env') as Record<string, string>)) {
      expect(at({ github }, /^\$\{\{ (.*) \}\}$/.exec(value)?.[1] ?? '')).toEqual(expect.stringMatching(/./));
    }
  });

  it('Jenkins filters by what its variables hold', () => {
    const text = recipe('ci-cd/jenkins.md', 'jenkinsfile');
    const variables = new Map(
      [...text.matchAll(/key: '(\w+)', value: '\$\.([\w.]+)'/g)].map(([, key = '', path = '']) => [key, path]),
    );
    const setting = (name: string) => new RegExp(`${name}: '([^']*)'`).exec(text)?.[1] ?? '';
    const passes = (event: Event) => {
      const filled = setting('regexpFilterText').replace(/\$(\w+)/g, (_, key: string) =>
        String(at(event, variables.get(key) ?? '')),
      );
      return new RegExp(setting('regexpFilterExpression')).test(filled);
    };
    expect([promoted, archived].map(passes)).toEqual([true, false]);
    for (const path of variables.values()) expect(at(promoted, path)).toEqual(expect.stringMatching(/./));
  });

  it('GitLab looks at paths that are there', () => {
    const script = at(parse(recipe('ci-cd/gitlab.md', 'pipeline')), 'deploy.script') as string[];
    const paths = [...script.join('\n').matchAll(/jq -r \.([\w.]+)/g)].map(([, path = '']) => at(promoted, path));
    expect(paths).toEqual(['Production', 'models:/churn/1', promoted['id']]);
  });

  it('Knative and KEDA names the topic and the type', () => {
    const page = (mark: string) => parse(recipe('ci-cd/knative-keda.md', mark)) as Json;
    expect(at(page('source'), 'spec.topics.0')).toBe('millrace.registry.events');
    expect(at(page('trigger'), 'spec.filter.attributes.type')).toBe(promoted['type']);
    expect(at(page('scaler'), 'spec.triggers.0.metadata.topic')).toBe('millrace.registry.events');
  });

  it.each(['gitlab', 'jenkins', 'argo-events', 'tekton'])('%s asks for the event it takes', (page) => {
    expect(webhook(`ci-cd/${page}.md`).event_types).toEqual([promoted.data['event']]);
  });
});
