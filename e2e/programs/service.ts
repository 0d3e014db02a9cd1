import { type Program, startProgram } from './program.ts';

type Ready = { readonly httpPort: number; readonly grpcPort: number; readonly metricsPort: number };
export type ServiceProgram = Program & { readonly ready: Ready };

/** The real parts that the services run on. */
export type Parts = {
  readonly databaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly topicPrefix: string;
} & ({ readonly s3: S3 } | { readonly artifactsFolder: string });

export type S3 = {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

/** One service as a process of its own, ready to serve; what `env` lacks is such that it listens on any free port. */
export function startService(
  service: string,
  parts: Parts,
  env: Readonly<Record<string, string>>,
): Promise<ServiceProgram> {
  return startProgram({
    main: new URL(`../../services/${service}/src/main.ts`, import.meta.url),
    env: { ...commonEnv(parts), ...(service === 'artifact-proxy' ? storeEnv(parts) : {}), ...env },
    readyWhen: (line) => {
      const { msg, httpPort, grpcPort, metricsPort } = parseLogLine(line);
      if (msg !== `${service} is ready`) return undefined;
      return { httpPort: Number(httpPort), grpcPort: Number(grpcPort), metricsPort: Number(metricsPort) };
    },
  });
}

type LogLine = { readonly [name in 'msg' | keyof Ready]?: unknown };

function parseLogLine(line: string): LogLine {
  return line.startsWith('{') ? (JSON.parse(line) as LogLine) : {};
}

function commonEnv({ databaseUrl, kafkaBrokers, topicPrefix }: Parts): Record<string, string> {
  return {
    AUTH_MODE: 'anonymous',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    GRPC_HOST: '127.0.0.1',
    GRPC_PORT: '0',
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: kafkaBrokers.join(','),
    KAFKA_TOPIC_PREFIX: topicPrefix,
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
  };
}

function storeEnv(parts: Parts): Record<string, string> {
  if (!('s3' in parts)) return { ARTIFACTS_FOLDER: parts.artifactsFolder };
  const { s3 } = parts;
  return {
    S3_ENDPOINT: s3.endpoint,
    S3_BUCKET: s3.bucket,
    S3_REGION: 'us-east-1',
    S3_ACCESS_KEY_ID: s3.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
  };
}
