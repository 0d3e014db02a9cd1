import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { chart, render } from '../testing/helm.ts';
import { ofKind } from '../testing/manifest.ts';
import { readme } from '../testing/readme.ts';

type Json = { readonly [key: string]: unknown };

const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Json;

describe('what the chart says of itself', () => {
  it('README.md is what `npm run chart:docs` writes', async () => {
    assert.equal(readFileSync(join(chart, 'README.md'), 'utf8'), await readme());
  });

  it('the schema knows every value, and every object in it is closed', () => {
    const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Json;
    assert.deepEqual(unknownTo(schema, schema, values, ''), []);
  });

  it('the chart has the version of the product', () => {
    const { version, appVersion } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as Json;
    const product = JSON.parse(readFileSync(join(chart, '../../package.json'), 'utf8')) as Json;
    assert.deepEqual([version, appVersion], [product['version'], product['version']]);
  });
});

describe('dashboards and alerts', async () => {
  const manifests = await render({ values: [join(chart, 'ci/production-values.yaml')] });

  it('each dashboard is JSON that Grafana can tell from the others', () => {
    const dashboards = ofKind(manifests, 'ConfigMap').filter(({ metadata }) => metadata.labels?.['grafana_dashboard']);
    const ids = dashboards.flatMap(({ data = {} }) =>
      Object.values(data).map((text) => (JSON.parse(text) as Json)['uid']),
    );
    assert.ok(ids.every((uid) => typeof uid === 'string' && uid !== ''));
    assert.equal(new Set(ids).size, ids.length);
  });

  it('each alert says how bad it is, what it means and what to do', () => {
    const groups = ofKind(manifests, 'PrometheusRule').flatMap(({ spec }) => spec['groups'] as { rules: Json[] }[]);
    for (const rule of groups.flatMap(({ rules }) => rules)) {
      if (rule['alert'] === undefined) continue;
      const { labels, annotations } = rule as { labels?: Json; annotations?: Json };
      assert.ok(labels?.['severity'], String(rule['alert']));
      assert.ok(annotations?.['summary'] && annotations['runbook_url'], String(rule['alert']));
    }
  });
});

/** Paths of values that no property of the schema is for. Maps whose keys are people's own have no properties. */
function unknownTo(root: Json, schema: Json, value: unknown, path: string): readonly string[] {
  const { $ref } = schema;
  if (typeof $ref === 'string') return unknownTo(root, definition(root, $ref), value, path);
  const properties = schema['properties'] as Json | undefined;
  if (properties === undefined || typeof value !== 'object' || value === null) return [];
  const open = schema['additionalProperties'] === false ? [] : [`${path}: is open`];
  const inside = Object.entries(value).flatMap(([key, child]) => {
    const known = properties[key] as Json | undefined;
    return known === undefined ? [`${path}.${key}`] : unknownTo(root, known, child, `${path}.${key}`);
  });
  return [...open, ...inside];
}

function definition(root: Json, reference: string): Json {
  return reference
    .slice(2)
    .split('/')
    .reduce((node, key) => node[key] as Json, root);
}
