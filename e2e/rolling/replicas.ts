import { freePort } from '../programs/free-port.ts';
import { type Parts, type ServiceProgram, startService } from '../programs/service.ts';

export const SERVICES = ['tracking', 'artifact-proxy', 'model-registry'] as const;
export type Service = (typeof SERVICES)[number];

type Ports = { readonly http: number; readonly grpc: number };

/** One process of a service, which keeps its ports when it is restarted. */
export type Replica = {
  readonly service: Service;
  readonly httpPort: number;
  /** As a cluster does it: SIGTERM, and a new process when the old one is gone. Answers how the old one ended, and when. */
  readonly restart: () => Promise<{ readonly code: number | null; readonly stopMs: number; readonly startMs: number }>;
  readonly stop: () => Promise<unknown>;
};

/** `count` processes of each service; each knows all of the services that it calls. */
export async function startReplicas(parts: Parts, count: number, drainMs: number): Promise<readonly Replica[]> {
  const ports = {} as Record<Service, readonly Ports[]>;
  for (const service of SERVICES) ports[service] = await Promise.all(Array.from({ length: count }, choosePorts));
  const env = {
    TRACKING_GRPC: addresses(ports.tracking),
    ARTIFACT_PROXY_GRPC: addresses(ports['artifact-proxy']),
    MODEL_REGISTRY_GRPC: addresses(ports['model-registry']),
    SHUTDOWN_DRAIN_MS: String(drainMs),
  };
  const replicas: Replica[] = [];
  try {
    for (const service of SERVICES)
      for (const at of ports[service]) replicas.push(await start(service, at, parts, env));
  } catch (error) {
    await Promise.all(replicas.map((replica) => replica.stop()));
    throw error;
  }
  return replicas;
}

async function start(service: Service, { http, grpc }: Ports, parts: Parts, env: Readonly<Record<string, string>>) {
  const run = () => startService(service, parts, { ...env, HTTP_PORT: String(http), GRPC_PORT: String(grpc) });
  let program: ServiceProgram = await run();
  const restart = async () => {
    const told = performance.now();
    const code = await program.stop('SIGTERM');
    const gone = performance.now();
    program = await run();
    return { code, stopMs: gone - told, startMs: performance.now() - gone };
  };
  return { service, httpPort: http, restart, stop: () => program.stop() };
}

async function choosePorts(): Promise<Ports> {
  return { http: await freePort(), grpc: await freePort() };
}

/** All of them under one name, as a name service gives them. */
function addresses(ports: readonly Ports[]): string {
  return `ipv4:${ports.map(({ grpc }) => `127.0.0.1:${grpc}`).join(',')}`;
}
