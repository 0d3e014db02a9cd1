import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { chart, render, shortName, valuesFiles } from '../testing/helm.ts';
import { immutableChanges, lostObjects } from '../testing/immutable.ts';
import type { Manifest } from '../testing/manifest.ts';
import { previousChart } from '../testing/previous-chart.ts';

const previous = await previousChart();
const skip = previous === undefined && 'no earlier chart in the history of this folder';

describe(`an upgrade from ${previous?.name ?? 'the chart before'} changes nothing that cannot change`, { skip }, () => {
  for (const values of valuesFiles) {
    const old = [join(previous?.chart ?? '', 'ci', basename(values)), join(previous?.chart ?? '', basename(values))];
    it(shortName(values), async (test) => {
      const given = old.find(existsSync);
      if (previous === undefined || given === undefined) return test.skip('this values file is new');
      const before = await render({ values: [given], chart: previous.chart });
      const after = await render({ values: [values] });
      assert.deepEqual(immutableChanges(before, after), []);
      assert.deepEqual(lostObjects(before, after), []);
    });
  }
});

describe('a new version', async () => {
  const values = [join(chart, 'ci/job-values.yaml')];
  const before = await render({ values });

  it('gives the ordinary Job another name, since it cannot change', async () => {
    const after = await render({ values, set: ['image.tag=9.9.9'] });
    assert.deepEqual(immutableChanges(before, after), []);
    assert.notDeepEqual(jobs(after), jobs(before));
    assert.deepEqual(jobs(await render({ values, set: ['common.replicas=5'] })), jobs(before));
  });

  it('rolls the pods whose settings changed, and only those', async () => {
    const after = await render({ values, set: ['modelRegistry.stages[0]=Canary'] });
    const rolled = checksums(after).filter((sum, at) => sum !== checksums(before)[at]);
    assert.equal(rolled.length, 1);
  });
});

describe('the comparison', async () => {
  const before = await render({ values: valuesFiles.slice(-1) });
  const change = (kind: string, field: string) => () => {
    const after = structuredClone(before) as unknown as { kind: string; spec: Record<string, unknown> }[];
    const one = after.find((manifest) => manifest.kind === kind);
    if (one !== undefined) one.spec[field] = { other: 'x' };
    assert.equal(immutableChanges(before, after as unknown as Manifest[]).length, 1);
  };
  it('sees another selector of a Deployment', change('Deployment', 'selector'));
  it('sees another name behind a StatefulSet', change('StatefulSet', 'serviceName'));
  it('sees another template of a Job', change('Job', 'template'));
  it('sees a Service that goes', () => {
    assert.equal(
      lostObjects(
        before,
        before.slice(0, -1).filter(({ kind }) => kind !== 'Service'),
      ).length > 0,
      true,
    );
  });
});

const jobs = (manifests: readonly Manifest[]) =>
  manifests.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name);

function checksums(manifests: readonly Manifest[]): readonly (string | undefined)[] {
  return manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ spec }) => spec['template'] as Manifest)
    .map(({ metadata: { annotations } }) => annotations?.['checksum/config']);
}
