import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chart, render, shortName, valuesFiles } from '../testing/helm.ts';
import { RULES } from '../testing/rules/all-rules.ts';
import { spoiled } from './_spoiled.ts';

describe('rules hold in every rendering', () => {
  for (const values of valuesFiles) {
    it(shortName(values), async () => {
      const manifests = await render({ values: [values] });
      const given = readFileSync(values, 'utf8');
      assert.deepEqual(
        RULES.flatMap(({ check }) => check(manifests, given)),
        [],
      );
    });
  }

  it('templates take nothing from chance, the clock or the cluster', () => {
    const text = readdirSync(join(chart, 'templates'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tpl|yaml|txt)$/.test(name))
      .map((name) => readFileSync(join(chart, 'templates', name), 'utf8'))
      .join('\n');
    assert.equal(text.match(/\{\{[^}]*\b(rand\w+|genCA|gen\w+Cert|genPrivateKey|uuidv4|now|lookup|shuffle)\b/), null);
  });
});

describe('rules see what is wrong', async () => {
  const values = [join(chart, 'ci/production-values.yaml')];
  const given = values.map((file) => readFileSync(file, 'utf8')).join();
  const good = await render({ values });

  for (const { name, check } of RULES) {
    it(name, () => {
      const spoils = spoiled[name];
      assert.ok(spoils !== undefined && spoils.length > 0, 'nothing in _spoiled.ts breaks this rule');
      for (const [at, spoil] of spoils.entries()) {
        const manifests = structuredClone(good);
        spoil(manifests);
        assert.notDeepEqual(check(manifests, given), [], `change ${at + 1}`);
      }
    });
  }
});
