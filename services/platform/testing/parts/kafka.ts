import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containers, startContainer } from './containers.ts';
import { brokerProperties } from './kafka-broker-properties.ts';
import { kafkaJars, LOG_CONFIG } from './kafka-jars.ts';
import { type Part, type Surroundings, Unavailable } from './part.ts';
import { run } from './run.ts';
import { freePort, startProcess } from './server-process.ts';

const IMAGE = 'apache/kafka:4.1.0';
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qg';
const JAVA = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** One process that is broker and controller. Its port must be known beforehand, because it tells clients its address. */
export async function containerKafka(): Promise<Part | undefined> {
  const engine = await containers();
  if (engine === undefined) return undefined;
  const port = await freePort();
  const properties = brokerProperties({ bind: '0.0.0.0', port: 9092, controllerPort: 9093, data: '/tmp/kafka' });
  properties.set('advertised.listeners', `PLAINTEXT://${engine.host}:${port}`);
  const environment = Object.fromEntries([...properties].map(([name, value]) => [variable(name), value]));
  const container = new engine.GenericContainer(IMAGE)
    .withEnvironment({ ...environment, CLUSTER_ID })
    .withExposedPorts({ container: 9092, host: port })
    .withWaitStrategy(engine.Wait.forLogMessage(/Kafka Server started/));
  const started = await startContainer(IMAGE, container);
  const env = { TEST_KAFKA_BROKERS: `${engine.host}:${port}` };
  return { from: `container ${IMAGE}`, env, stop: async () => void (await started.stop()) };
}

/** The broker's jars run by this machine's Java. */
export async function nativeKafka(surroundings: Surroundings): Promise<Part> {
  const { from, port, start } = await nativeBroker(surroundings);
  return { from, env: { TEST_KAFKA_BROKERS: `127.0.0.1:${port}` }, stop: await start() };
}

/** A broker that is not running yet, and keeps its port and what it stores when it is stopped and started again. */
export async function nativeBroker({ folder, stopping }: Surroundings) {
  await requireJava();
  const home = await kafkaJars(stopping);
  const data = join(folder, 'kafka');
  const [port, controllerPort] = [await freePort(), await freePort()];
  mkdirSync(data);
  const config = join(data, 'server.properties');
  const properties = brokerProperties({ bind: '127.0.0.1', port, controllerPort, data: join(data, 'log') });
  writeFileSync(config, [...properties].map(([name, value]) => `${name}=${value}\n`).join(''));
  const java = [...JAVA, `-Dlog4j2.configurationFile=${join(home, LOG_CONFIG)}`, '-cp', join(home, 'lib', '*')];
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '--cluster-id', CLUSTER_ID, '--config', config], {
    signal: stopping,
  });
  let starts = 0;
  const start = () => {
    const logFile = join(data, `server-${++starts}.log`);
    const ready = () => readFileSync(logFile, 'utf8').includes('Kafka Server started');
    return startProcess({ command: 'java', args: [...java, 'kafka.Kafka', config], logFile, ready, stopping });
  };
  return { from: `Kafka ${home.split('-').at(-1)} in Java`, port, start };
}

async function requireJava(): Promise<void> {
  const printed = await run('java', ['--version']).catch(() => '');
  const major = Number(/\b(\d+)(\.|\s|-)/.exec(printed)?.[1] ?? 0);
  if (major < 17)
    throw new Unavailable(`Java 17 or newer is needed, ${major === 0 ? 'none' : `Java ${major}`} was found`);
}

/** The image turns KAFKA_A_B into a.b. */
const variable = (property: string) => `KAFKA_${property.toUpperCase().replaceAll('.', '_')}`;
