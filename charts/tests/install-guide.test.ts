import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { conform } from '../testing/conform.ts';
import { chart, NEWEST, template } from '../testing/helm.ts';
import type { Manifest } from '../testing/manifest.ts';

const text = readFileSync(join(chart, '../../docs/operations/install.md'), 'utf8');
const blocks = (kind: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`yaml ${kind}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

/** Their definitions are not to be had as a Go module. */
const UNKNOWN = /^(ExternalSecret) .*: could not find schema/;

describe('docs/operations/install.md', () => {
  for (const [at, values] of blocks('values').entries()) {
    it(`values ${at + 1} render`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'millrace-guide-'));
      try {
        const file = join(folder, 'values.yaml');
        writeFileSync(file, values);
        const wrong = await conform(await template({ values: [file] }), NEWEST);
        assert.deepEqual(
          wrong.filter((line) => !UNKNOWN.test(line)),
          [],
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('has objects of operators that name what the values name', () => {
    const [cluster, user] = blocks('operator').map((block) => parse(block) as Manifest);
    const [values = ''] = blocks('values');
    assert.match(values, new RegExp(`existingSecret: ${cluster?.metadata.name}-app`));
    assert.match(values, new RegExp(`username: ${user?.metadata.name}`));
    assert.equal(blocks('values').length, 3);
  });

  it('speaks only of values that there are', () => {
    const known = JSON.stringify(parse(readFileSync(join(chart, 'values.yaml'), 'utf8')));
    const tops = Object.keys(parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as object).join('|');
    const named = [...text.matchAll(new RegExp(`\`((?:${tops})(?:\\.\\w+)+)\``, 'g'))].map(([, path = '']) => path);
    assert.ok(named.length > 10);
    const missing = named.filter((path) => !path.split('.').every((key) => known.includes(`"${key}":`)));
    assert.deepEqual(missing, []);
  });
});
