import { join } from 'node:path';
import { startArtifactProxy } from '@millrace/artifact-proxy';
import { loadConfig as artifactProxyConfig } from '@millrace/artifact-proxy/config';
import { startModelRegistry } from '@millrace/model-registry';
import { loadConfig as modelRegistryConfig } from '@millrace/model-registry/config';
import type { ServiceConfig } from '@millrace/platform/config';
import { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { startTracking } from '@millrace/tracking';
import { loadConfig as trackingConfig } from '@millrace/tracking/config';
import { openDatabase } from './database.ts';
import { openFront } from './front.ts';
import type { LocalOptions } from './options.ts';

export type Local = {
  readonly url: string;
  /** Where metadata, artifacts and events are kept, for people to read. */
  readonly parts: { readonly database: string; readonly artifacts: string; readonly events: string };
  readonly close: () => Promise<void>;
};

/** All services in this process, behind one port; what is not configured otherwise is embedded and kept below `dataDir`. */
export async function startLocal(options: LocalOptions, log: Logger): Promise<Local> {
  const lifecycle = new Lifecycle();
  const front = await openFront(options);
  try {
    const database = await openDatabase(options, lifecycle, log);
    const artifactsFolder = join(options.dataDir, 'artifacts');
    const env = {
      ARTIFACTS_FOLDER: options.env['S3_BUCKET'] ? undefined : artifactsFolder,
      ...options.env,
      AUTH_MODE: 'anonymous',
      DATABASE_URL: database.url,
      GRPC_HOST: '127.0.0.1',
      GRPC_PORT: '0',
    };
    const artifacts = await startArtifactProxy(behindFront(artifactProxyConfig(env)), log);
    lifecycle.onClose('artifact proxy', () => artifacts.lifecycle.close());
    const artifactProxy = { ARTIFACT_PROXY_GRPC: `127.0.0.1:${artifacts.grpcPort}` };
    const tracking = await startTracking(behindFront(trackingConfig({ ...env, ...artifactProxy })), log);
    lifecycle.onClose('tracking', () => tracking.lifecycle.close());
    const trackingAddress = { TRACKING_GRPC: `127.0.0.1:${tracking.grpcPort}` };
    const registry = await startModelRegistry(
      behindFront(modelRegistryConfig({ ...env, ...artifactProxy, ...trackingAddress })),
      log,
    );
    lifecycle.onClose('model registry', () => registry.lifecycle.close());

    front.serve(
      [tracking, artifacts, registry],
      trackingConfig({ ...env, ...artifactProxy }).edge,
      lifecycle.stopping,
      log,
    );
    lifecycle.onClose('front', () => front.close());
    const kafka = options.env['KAFKA_BROKERS'];
    return {
      url: front.url,
      parts: {
        database: database.description,
        artifacts: env.ARTIFACTS_FOLDER ?? `s3://${options.env['S3_BUCKET']}`,
        events: kafka ? `Kafka at ${kafka}` : 'a log in PostgreSQL (events.event_log)',
      },
      close: () => lifecycle.close(),
    };
  } catch (error) {
    await front.close();
    await lifecycle.close();
    throw error;
  }
}

/** The service opens no HTTP port of its own. */
function behindFront<C extends ServiceConfig>(config: C): C {
  return { ...config, http: null };
}
