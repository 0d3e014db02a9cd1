import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from './cache.ts';
import { containers, startContainer } from './containers.ts';
import { goInstall } from './go-install.ts';
import type { Part, Surroundings } from './part.ts';
import { progress } from './progress.ts';
import { freePort, startProcess } from './server-process.ts';

const IMAGE = 'quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z';
/** The server is published as source only since the end of 2025. */
const MODULE = 'github.com/minio/minio';
const VERSION = 'v0.0.0-20260212201848-7aac2a2c5b7c';
const KEYS = { user: 'minioadmin', password: 'minioadmin' };
const ENVIRONMENT = {
  MINIO_ROOT_USER: KEYS.user,
  MINIO_ROOT_PASSWORD: KEYS.password,
  MINIO_BROWSER: 'off',
  MINIO_UPDATE: 'off',
  MINIO_CALLHOME_ENABLE: 'off',
  // Lets the data lie on the same disk as the operating system.
  MINIO_CI_CD: '1',
};
const HEALTH = '/minio/health/cluster';

/** Data in the container, gone with it. */
export async function containerS3(): Promise<Part | undefined> {
  const engine = await containers();
  if (engine === undefined) return undefined;
  const container = new engine.GenericContainer(IMAGE)
    .withEnvironment(ENVIRONMENT)
    .withCommand(['server', '/data'])
    .withExposedPorts(9000)
    .withWaitStrategy(engine.Wait.forHttp(HEALTH, 9000));
  const started = await startContainer(IMAGE, container);
  const env = variables(`http://${started.getHost()}:${started.getMappedPort(9000)}`);
  return { from: `container ${IMAGE}`, env, stop: async () => void (await started.stop()) };
}

/** Built from its source by this machine's Go: minutes of work the first time, kept in the cache. */
export async function nativeS3({ folder, stopping }: Surroundings): Promise<Part> {
  const name = `minio-${VERSION}`;
  const home = await cachedFolder({ name, marker: 'minio', fill: (target) => build(target, stopping) });
  const data = join(folder, 's3');
  mkdirSync(join(data, 'objects'), { recursive: true });
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const stop = await startProcess({
    command: join(home, 'minio'),
    args: ['server', '--quiet', '--address', new URL(endpoint).host, join(data, 'objects')],
    env: { ...process.env, ...ENVIRONMENT },
    logFile: join(data, 'minio.log'),
    ready: () => answers(`${endpoint}${HEALTH}`),
    stopping,
  });
  return { from: `MinIO ${VERSION.slice(7, 15)}`, env: variables(endpoint), stop };
}

async function build(folder: string, signal: AbortSignal): Promise<void> {
  progress('s3: building MinIO (about five minutes of one core, once)');
  await goInstall(`${MODULE}@${VERSION}`, folder, signal);
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

function variables(endpoint: string): Record<string, string> {
  return {
    TEST_S3_ENDPOINT: endpoint,
    TEST_S3_ACCESS_KEY_ID: KEYS.user,
    TEST_S3_SECRET_ACCESS_KEY: KEYS.password,
  };
}
