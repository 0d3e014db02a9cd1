import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '@millrace/platform/config';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@millrace/platform/embedded-postgres';
import { createLog } from '@millrace/platform/log';
import { run } from '@millrace/platform/testing/parts/run';
import { freePort, startProcess } from '@millrace/platform/testing/parts/server-process';
import { componentOf, environment } from '../testing/environment.ts';
import { chart, render } from '../testing/helm.ts';
import { type Manifest, ofKind } from '../testing/manifest.ts';

const services = fileURLToPath(new URL('../../services', import.meta.url));
const ADDRESSES = {
  TRACKING_GRPC: 'tracking',
  ARTIFACT_PROXY_GRPC: 'artifact-proxy',
  MODEL_REGISTRY_GRPC: 'model-registry',
};

/** What only the machine decides: ports of pods that share an address here, the folder, the database. */
type Here = { readonly http: number; readonly grpc: number; readonly metrics: number };

const folder = mkdtempSync(join(tmpdir(), 'millrace-start-'));
const started = await startEmbeddedPostgres({
  dataDir: join(folder, 'postgres'),
  log: createLog('chart-tests', 'silent'),
}).catch((error: unknown) => {
  rmSync(folder, { recursive: true, force: true });
  if (!(error instanceof ConfigError) || process.env['CI'] === 'true') throw error;
  return error.message;
});
const skip = typeof started === 'string' && started;

describe('what the chart renders, run here as processes', { skip }, async () => {
  const postgres = started as EmbeddedPostgres;
  mkdirSync(join(folder, 'artifacts'));
  const stops: (() => Promise<void>)[] = [];
  after(async () => {
    for (const stop of stops.reverse()) await stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const manifests = await render({ values: [join(chart, 'ci/job-values.yaml')], set: ['trustedCa.existingSecret='] });
  const deployments = ofKind(manifests, 'Deployment');
  const [job] = ofKind(manifests, 'Job');
  const places = new Map<string, Here>();
  for (const component of deployments.map(componentOf))
    places.set(component, { http: await freePort(), grpc: await freePort(), metrics: await freePort() });

  it('pods do not start, and say why, before the migration', async () => {
    const [deployment] = deployments;
    await assert.rejects(node('main', deployment as Manifest), /Run the migrations first/);
  });

  it('the containers of the migration have all they need', async () => {
    for (const component of places.keys()) {
      const env = { ...environment(manifests, job as Manifest, component), DATABASE_URL: postgres.url };
      await run(process.execPath, [join(services, component, 'src/migrate.ts')], {
        env: { PATH: process.env['PATH'], ...env },
      });
    }
  });

  it('then the services start, and their probes succeed', async () => {
    for (const deployment of deployments) {
      const component = componentOf(deployment);
      const port = places.get(component)?.http ?? 0;
      const stop = await startProcess({
        command: process.execPath,
        args: [join(services, component, 'src/main.ts')],
        env: here(deployment),
        logFile: join(folder, `${component}.log`),
        ready: async () => (await status(port, '/livez')) === 200,
        stopping: new AbortController().signal,
      });
      stops.push(stop);
    }
    for (const { http, metrics } of places.values()) {
      assert.equal(await status(http, '/readyz'), 200);
      assert.equal(await status(metrics, '/metrics'), 200);
    }
  });

  it('they serve the names that people and pods call them by, and no others', async () => {
    const { http = 0 } = places.get('tracking') ?? {};
    const path = '/api/2.0/mlflow/experiments/get?experiment_id=0';
    assert.equal(await status(http, path, 'millrace-tracking.ml.svc:80'), 200);
    assert.equal(await status(http, path, 'attacker.example.com'), 403);
    assert.equal(await status(http, '/readyz', '100.64.3.7:8080'), 200);
  });

  function here(deployment: Manifest): NodeJS.ProcessEnv {
    const { http, grpc, metrics } = places.get(componentOf(deployment)) ?? {};
    const peers = Object.entries(ADDRESSES).map(([name, of]) => [name, `127.0.0.1:${places.get(of)?.grpc}`]);
    const given = environment(manifests, deployment);
    return {
      PATH: process.env['PATH'],
      ...given,
      ...Object.fromEntries(peers.filter(([name = '']) => name in given)),
      ...('ARTIFACTS_FOLDER' in given && { ARTIFACTS_FOLDER: join(folder, 'artifacts') }),
      DATABASE_URL: postgres.url,
      HTTP_PORT: String(http),
      GRPC_PORT: String(grpc),
      METRICS_PORT: String(metrics),
    };
  }

  function node(script: string, deployment: Manifest): Promise<string> {
    const file = join(services, componentOf(deployment), `src/${script}.ts`);
    return run('sh', ['-c', '"$0" "$1" 1>&2', process.execPath, file], { env: here(deployment) });
  }
});

/** Of an answer to somebody who calls the server by this name. */
function status(port: number, path: string, host = `127.0.0.1:${port}`): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', (error) =>
      'code' in error && error.code === 'ECONNREFUSED' ? resolve(undefined) : reject(error),
    );
  });
}
