import { freePort } from '@millrace/platform/testing/parts/server-process';
import type { Program } from '../programs/program.ts';
import { type Parts, startService } from '../programs/service.ts';
import { startPathRouter } from './_path-router.ts';

/** The three services, each a process of its own as in a cluster, behind one address. `more` is for the environment of all. */
export async function startServices(parts: Parts, more: Readonly<Record<string, string>> = {}) {
  const programs: Program[] = [];
  const start = async (service: string, env: Record<string, string>) => {
    const program = await startService(service, parts, { ...env, ...more });
    programs.push(program);
    return program.ready;
  };
  const stop = async () => void (await Promise.all(programs.map((program) => program.stop())));
  try {
    // they call each other, so some of their ports are chosen before anything is there
    const [trackingPort, registryPort] = [String(await freePort()), String(await freePort())];
    const trackingGrpc = { TRACKING_GRPC: `127.0.0.1:${trackingPort}` };
    const registryGrpc = { MODEL_REGISTRY_GRPC: `127.0.0.1:${registryPort}` };
    const artifacts = await start('artifact-proxy', { ...trackingGrpc, ...registryGrpc });
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
      /** Of each service; NaN where metrics are not asked for. */
      metricsPorts: [artifacts, tracking, registry].map(({ metricsPort }) => metricsPort),
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
