import { join } from 'node:path';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.ts';
import { containers, startContainer } from './containers.ts';
import type { Part, Surroundings } from './part.ts';

const IMAGE = 'postgres:17-alpine';
/** What tests write need not survive a power cut. */
const HASTY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };

/** Data in memory, gone with the container. */
export async function containerPostgres(): Promise<Part | undefined> {
  const engine = await containers();
  if (engine === undefined) return undefined;
  const container = new engine.GenericContainer(IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD: 'millrace' })
    .withCommand(['postgres', ...Object.entries(HASTY).flatMap(([name, value]) => ['-c', `${name}=${value}`])])
    .withTmpFs({ '/var/lib/postgresql/data': 'rw' })
    .withExposedPorts(5432)
    // The image starts the server twice, the first time for its own preparations.
    .withWaitStrategy(engine.Wait.forLogMessage(/ready to accept connections/, 2));
  const started = await startContainer(IMAGE, container);
  const url = `postgres://postgres:millrace@${started.getHost()}:${started.getMappedPort(5432)}/postgres`;
  return { from: `container ${IMAGE}`, env: { TEST_DATABASE_URL: url }, stop: async () => void (await started.stop()) };
}

/** The server that `npm start` also uses. */
export async function nativePostgres({ folder }: Surroundings): Promise<Part> {
  const log = pino({ level: 'silent' });
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log, settings: HASTY });
  return { from: 'embedded PostgreSQL', env: { TEST_DATABASE_URL: server.url }, stop: server.stop };
}
