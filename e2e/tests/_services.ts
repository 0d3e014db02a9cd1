import { freePort } from '@millrace/platform/testing/parts/server-process';
import { type Program, startProgram } from '../programs/program.ts';
import { startPathRouter } from './_path-router.ts';

type Ready = { readonly httpPort: number; readonly grpcPort: number };

/** The real parts that the services run on. */
export type Parts = {
  readonly databaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly topicPrefix: string;
  readonly s3: {
    readonly endpoint: string;
    readonly bucket: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
};

/** The three services, each a process of its own as in a cluster, behind one address. `more` is for the environment of all. */
export async function startServices(parts: Parts, more: Readonly<Record<string, string>> = {}) {
  const programs: Program[] = [];
  const start = async (service: string, env: Record<string, string>) => {
    const program = await startService(service, { ...commonEnv(parts), ...env, ...more });
    programs.push(program);
    return program.ready;
  };
  const stop = async () => void (await Promise.all(programs.map((program) => program.stop())));
  try {
    // they call each other, so some of their ports are chosen before anything is there
    const [trackingPort, registryPort] = [String(await freePort()), String(await freePort())];
    const trackingGrpc = { TRACKING_GRPC: `127.0.0.1:${trackingPort}` };
    const registryGrpc = { MODEL_REGISTRY_GRPC: `127.0.0.1:${registryPort}` };
    const artifacts = await start('artifact-proxy', { ...s3Env(parts), ...trackingGrpc, ...registryGrpc });
    const tracking = await start('tracking', {
      ARTIFACT_PROXY_GRPC: `127.0.0.1:${artifacts.grpcPort}`,
      GRPC_PORT: trackingPort,
    });
    const registry = await start('model-registry', {
      ...trackingGrpc,
      ARTIFACT_PROXY_GRPC: `127.0.0.1:${artifacts.grpcPort}`,
      GRPC_PORT: registryPort,
    });
    const router = await startPathRouter([
      { path: /^\/(ajax-)?api\/2\.0\/mlflow-artifacts\//, port: artifacts.httpPort },
      { path: /^\/(model-versions\/)?get-artifact/, port: artifacts.httpPort },
      { path: /^\/ajax-api\/2\.0\/mlflow\/upload-artifact/, port: artifacts.httpPort },
      { path: /^\/ajax-api\/2\.0\/mlflow\/logged-models\/[^/]+\/artifacts\/files/, port: artifacts.httpPort },
      {
        path: /^\/(ajax-)?api\/2\.0\/mlflow\/(registered-models|model-versions|webhooks)(\/|\?|$)/,
        port: registry.httpPort,
      },
      { path: /^\/api\/1\.0\/(events|outboxes\/model-registry)/, port: registry.httpPort },
      { path: /^\//, port: tracking.httpPort },
    ]);
    return {
      url: router.url,
      lastLines: () => programs.map((program) => program.lastLines()).join('\n'),
      stop: async () => {
        await router.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startService(service: string, env: Record<string, string>): Promise<Program & { ready: Ready }> {
  return startProgram({
    main: new URL(`../../services/${service}/src/main.ts`, import.meta.url),
    env,
    readyWhen: (line) => {
      const { msg, httpPort, grpcPort } = parseLogLine(line);
      return msg === `${service} is ready` ? { httpPort: Number(httpPort), grpcPort: Number(grpcPort) } : undefined;
    },
  });
}

function parseLogLine(line: string): {
  readonly msg?: unknown;
  readonly httpPort?: unknown;
  readonly grpcPort?: unknown;
} {
  return line.startsWith('{') ? JSON.parse(line) : {};
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

function s3Env({ s3 }: Parts): Record<string, string> {
  return {
    S3_ENDPOINT: s3.endpoint,
    S3_BUCKET: s3.bucket,
    S3_REGION: 'us-east-1',
    S3_ACCESS_KEY_ID: s3.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
  };
}
