import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from './cache.ts';
import { Unavailable } from './part.ts';
import { exists, run } from './run.ts';

const KAFKA = '4.4.0';
const LOG4J = '2.25.5';
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** Name of the logging configuration beside the `lib` folder. */
export const LOG_CONFIG = 'log4j2.yaml';

/** The folder with the broker's jars, fetched once by Maven (43 MB). */
export function kafkaJars(signal: AbortSignal): Promise<string> {
  return cachedFolder({ name: `kafka-${KAFKA}`, marker: 'complete', fill: (folder) => fetch(folder, signal) });
}

async function fetch(folder: string, signal: AbortSignal): Promise<void> {
  if (!(await exists('mvn'))) throw new Unavailable('Maven (mvn) is needed to fetch Kafka');
  writeFileSync(join(folder, 'pom.xml'), POM);
  writeFileSync(join(folder, LOG_CONFIG), LOGGING);
  const args = ['-B', '-q', COPY, '-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'lib')}`];
  await run('mvn', args, { cwd: folder, signal });
  writeFileSync(join(folder, 'complete'), '');
}

const dependency = (group: string, artifact: string, version: string) =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

// The second one gives the broker a log; Maven must not pick a parent up from a folder above.
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', KAFKA)}
    ${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J)}
  </dependencies>
</project>
`;

const LOGGING = `Configuration:
  Appenders:
    Console: { name: out, PatternLayout: { pattern: "%d %p %c{1} %m%n" } }
  Loggers:
    Root: { level: INFO, AppenderRef: { ref: out } }
`;
