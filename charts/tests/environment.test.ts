import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig as artifactProxy } from '@millrace/artifact-proxy/config';
import { loadConfig as modelRegistry } from '@millrace/model-registry/config';
import { loadConfig as tracking } from '@millrace/tracking/config';
import { componentOf, environment } from '../testing/environment.ts';
import { chart, render, shortName, valuesFiles } from '../testing/helm.ts';
import { type Manifest, ofKind } from '../testing/manifest.ts';

const LOADERS: Readonly<Record<string, (env: NodeJS.ProcessEnv) => object>> = {
  tracking,
  'artifact-proxy': artifactProxy,
  'model-registry': modelRegistry,
};
/** Read by others than the services' own code: Node and node-postgres. */
const OF_LIBRARIES = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'PGPASSWORD', 'POD_NAME'];

const source = globSync(fileURLToPath(new URL('../../services/*/src/**/*.ts', import.meta.url)))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

describe('services understand what the chart tells them', () => {
  for (const values of valuesFiles) {
    it(shortName(values), async () => {
      const manifests = await render({ values: [values] });
      for (const deployment of ofKind(manifests, 'Deployment')) {
        const component = componentOf(deployment);
        assert.doesNotThrow(() => LOADERS[component]?.(environment(manifests, deployment)), component);
      }
    });
  }

  it('every variable is one that something reads', async () => {
    const users = ['FROM_ALL', 'FROM_SECRET'];
    const names = new Set<string>();
    for (const values of valuesFiles) {
      const manifests = await render({ values: [values] });
      for (const deployment of ofKind(manifests, 'Deployment'))
        for (const name of Object.keys(environment(manifests, deployment))) names.add(name);
    }
    assert.ok(names.has('DATABASE_URL') && names.has('S3_BUCKET'));
    const known = (name: string) =>
      OF_LIBRARIES.includes(name) || users.includes(name) || new RegExp(`\\b${name}\\b`).test(source);
    assert.deepEqual(
      [...names].filter((name) => !known(name)),
      [],
    );
  });

  it('the parts of a database address become one that is right for odd users, without the password in it', async () => {
    const set = ['database.user=ml@ps', 'database.name=ml_ops', 'database.sslMode=require'];
    const manifests = await render({ values: [join(chart, 'ci/gateway-values.yaml')], set });
    const [deployment] = ofKind(manifests, 'Deployment');
    const { DATABASE_URL: url, PGPASSWORD: password } = environment(manifests, deployment as Manifest);
    assert.equal(url, 'postgres://ml%40ps@db.example.com:6432/ml_ops?sslmode=require');
    assert.equal(password, 'secret of pass');
  });
});
