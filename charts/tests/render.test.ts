import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '@millrace/platform/testing/parts/run';
import { conform } from '../testing/conform.ts';
import { goTool } from '../testing/go-tools.ts';
import { chart, KUBERNETES, NEWEST, shortName, template, valuesFiles } from '../testing/helm.ts';

describe('every values file renders', () => {
  for (const values of valuesFiles) {
    for (const kubernetes of KUBERNETES) {
      it(`${shortName(values)} for Kubernetes ${kubernetes}, to objects that its API knows`, async () => {
        const yaml = await template({ values: [values], kubernetes });
        assert.deepEqual(await conform(yaml, kubernetes), []);
      });
    }

    it(`${shortName(values)} twice, to the same text`, async () => {
      assert.equal(await template({ values: [values] }), await template({ values: [values] }));
    });

    it(`${shortName(values)} without a word from the strict linter`, async () => {
      const args = ['lint', '--strict', '--quiet', '--kube-version', NEWEST, '--values', values, chart];
      assert.equal(await run(await goTool('helm'), args), '');
    });
  }
});

describe('the schemas of Kubernetes', () => {
  it('catch a misspelt field, a wrong type, a missing field and an unknown kind', async () => {
    const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n';
    const wrong = [
      `${service}spec: { selectors: { a: b } }`,
      `${service}spec: { ports: [{ port: http }] }`,
      `${service}spec: { ports: [{ name: http }] }`,
      'apiVersion: v1\nkind: Surprise\nmetadata: { name: a }',
    ];
    for (const yaml of wrong) assert.equal((await conform(yaml, NEWEST)).length, 1, yaml);
    assert.deepEqual(await conform(`${service}spec: { ports: [{ port: 80, targetPort: http }] }`, NEWEST), []);
  });
});
