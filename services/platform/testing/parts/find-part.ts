import { containerKafka, nativeKafka } from './kafka.ts';
import { type Part, type PartName, type Surroundings, Unavailable, type Way } from './part.ts';
import { containerPostgres, nativePostgres } from './postgres.ts';
import { progress } from './progress.ts';
import { mlflowClients } from './python.ts';
import { containerS3, nativeS3 } from './s3.ts';
import { nativeSecondS3 } from './s3-second.ts';

/** In the order of preference: a server somebody names, a container, a process of this machine. */
const WAYS: Readonly<Record<PartName, readonly Way[]>> = {
  postgres: [named('TEST_DATABASE_URL'), containerPostgres, nativePostgres],
  kafka: [named('TEST_KAFKA_BROKERS'), containerKafka, nativeKafka],
  s3: [named('TEST_S3_ENDPOINT', 'TEST_S3_ACCESS_KEY_ID', 'TEST_S3_SECRET_ACCESS_KEY'), containerS3, nativeS3],
  's3-second': [
    named('TEST_S3_SECOND_ENDPOINT', 'TEST_S3_SECOND_ACCESS_KEY_ID', 'TEST_S3_SECOND_SECRET_ACCESS_KEY'),
    nativeSecondS3,
  ],
  python: [mlflowClients],
};

/** Starts a part by the first way that works. Throws `Unavailable` with the last reason when none does. */
export async function findPart(name: PartName, surroundings: Surroundings): Promise<Part> {
  let reason = 'no way to have it on this machine';
  const started = performance.now();
  for (const way of WAYS[name]) {
    try {
      const part = await way(surroundings);
      if (part === undefined) continue;
      progress(`${name}: ${part.from} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
      return part;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      progress(`${name}: ${reason}`);
      surroundings.stopping.throwIfAborted();
    }
  }
  throw new Unavailable(reason);
}

/** The first variable decides; all of them must then be set. */
function named(...variables: readonly [string, ...string[]]): Way {
  return async () => {
    if (!process.env[variables[0]]) return undefined;
    const missing = variables.filter((variable) => !process.env[variable]);
    if (missing.length > 0) throw new Unavailable(`${variables[0]} is set, but not ${missing.join(', ')}`);
    return { from: `the server of ${variables[0]}`, env: {} };
  };
}
