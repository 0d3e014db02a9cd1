import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Unavailable } from '@millrace/platform/testing/parts/part';
import { Cluster } from '../testing/control-plane/cluster.ts';
import { chart, givenValues, shortName, template, valuesFiles } from '../testing/helm.ts';
import { previousChart } from '../testing/previous-chart.ts';

const started = await Cluster.start().catch((error: unknown) => {
  if (!(error instanceof Unavailable) || process.env['CI'] === 'true') throw error;
  return error.message;
});
const production = join(chart, 'ci/production-values.yaml');

describe('a real control plane', { skip: typeof started === 'string' && started }, () => {
  const cluster = started as Cluster;
  after(() => cluster[Symbol.asyncDispose]());

  for (const values of valuesFiles) {
    it(`takes all of ${shortName(values)} into a restricted namespace without a warning, and runs it`, async () => {
      const namespace = `apply-${shortName(values)}`;
      await cluster.restrictedNamespace(namespace);
      const yaml = await template({ values: [values], namespace });
      assert.deepEqual(await cluster.apply(namespace, yaml), []);
      await cluster.allAvailable(namespace);
      assert.deepEqual(await cluster.refusedPods(namespace), []);
    });
  }

  it('refuses pods that are not restricted, so that the above says something', async () => {
    const namespace = 'unrestricted-pods';
    await cluster.restrictedNamespace(namespace);
    const set = ['common.podSecurityContext.seccompProfile.type=Unconfined'];
    const said = await cluster.apply(namespace, await template({ values: [production], set, namespace }));
    assert.match(said.join('\n'), /Warning: would violate PodSecurity/);
    await assert.rejects(
      cluster.kubectl(
        '-n',
        namespace,
        'wait',
        '--for',
        'condition=Available',
        'deployment',
        '--all',
        '--timeout',
        '2s',
      ),
    );
    assert.match((await cluster.refusedPods(namespace)).join('\n'), /violates PodSecurity "restricted/);
  });

  for (const values of [production, join(chart, 'values-dev.yaml')]) {
    it(`${shortName(values)}: installs the chart before, upgrades to this one, goes back, and leaves nothing behind`, async (test) => {
      const previous = await previousChart();
      if (previous === undefined) return test.skip('no earlier chart in the history of this folder');
      const namespace = `upgrade-${shortName(values)}`;
      await cluster.restrictedNamespace(namespace);
      const common = ['--namespace', namespace, '--wait', '--timeout', '180s'];
      const old = join(previous.chart, values.slice(chart.length));
      await cluster.helm('install', 'millrace', previous.chart, ...common, ...givenValues({ values: [old] }));
      await cluster.helm(
        'upgrade',
        'millrace',
        chart,
        ...common,
        ...givenValues({ values: [values], set: ['image.tag=9.9.9'] }),
      );
      const images = await cluster.kubectl('-n', namespace, 'get', 'deployment', '-o', 'jsonpath={..image}');
      assert.match(images, /millrace\/model-registry:9\.9\.9/);
      await cluster.helm('rollback', 'millrace', '1', ...common);
      assert.deepEqual(await cluster.refusedPods(namespace), []);
      await cluster.helm('uninstall', 'millrace', ...common);
      assert.equal(
        await cluster.kubectl('-n', namespace, 'get', 'deployment,statefulset,service,ingress', '-o', 'name'),
        '',
      );
    });
  }

  it('runs the migration before the pods, and again at each upgrade', async () => {
    const namespace = 'hooks';
    await cluster.restrictedNamespace(namespace);
    const values = givenValues({ values: [join(chart, 'ci/minimal-values.yaml')] });
    const common = [chart, '--namespace', namespace, '--wait', '--timeout', '180s', ...values];
    await cluster.helm('install', 'millrace', ...common);
    const job = [
      '-n',
      namespace,
      'get',
      'job',
      'millrace-migrate',
      '-o',
      'jsonpath={.metadata.uid} {.status.succeeded}',
    ];
    const first = await cluster.kubectl(...job);
    assert.match(first, / 1$/);
    await cluster.helm('upgrade', 'millrace', ...common);
    const second = await cluster.kubectl(...job);
    assert.match(second, / 1$/);
    assert.notEqual(second, first);
  });
});

if (typeof started === 'string') process.stderr.write(`Skipped, the control plane: ${started}\n`);
