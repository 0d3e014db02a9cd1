import { startArtifactProxy } from '@millrace/artifact-proxy';
import { loadConfig as artifactProxyConfig } from '@millrace/artifact-proxy/config';
import { startModelRegistry } from '@millrace/model-registry';
import { loadConfig as modelRegistryConfig } from '@millrace/model-registry/config';
import { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { startTracking } from '@millrace/tracking';
import { loadConfig as trackingConfig } from '@millrace/tracking/config';
import { openDatabase } from './database.ts';
import { openFront } from './front.ts';
import type { LocalOptions } from './options.ts';
import { behindFront, chooseAddresses, servicesEnv } from './services-config.ts';
import { withWebhookKey } from './webhook-key.ts';

export type Local = {
  readonly url: string;
  /** Where metadata, artifacts and events are kept, for people to read. */
  readonly parts: { readonly database: string; readonly artifacts: string; readonly events: string };
  /** Why it cannot go on, should one of its embedded parts end by itself. */
  readonly lost: Promise<string>;
  readonly close: () => Promise<void>;
};

/** All services in this process, behind one port; what is not configured otherwise is embedded and kept below `dataDir`. */
export async function startLocal(options: LocalOptions, log: Logger): Promise<Local> {
  const lifecycle = new Lifecycle();
  const front = await openFront(options);
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  try {
    const database = await openDatabase(options, lifecycle, log, lose);
    const addresses = await chooseAddresses(database.url);
    const env = servicesEnv(await withWebhookKey(options), addresses);
    const artifacts = await startArtifactProxy(behindFront(artifactProxyConfig(env), addresses.artifactProxy), log);
    lifecycle.onClose('artifact proxy', () => artifacts.lifecycle.close());
    const tracking = await startTracking(behindFront(trackingConfig(env), addresses.tracking), log);
    lifecycle.onClose('tracking', () => tracking.lifecycle.close());
    const config = behindFront(modelRegistryConfig(env), addresses.modelRegistry);
    const registry = await startModelRegistry(config, log);
    lifecycle.onClose('model registry', () => registry.lifecycle.close());

    front.serve([tracking, artifacts, registry], config.edge, lifecycle.stopping, log);
    lifecycle.onClose('front', () => front.close());
    return {
      url: front.url,
      lost,
      parts: {
        database: database.description,
        artifacts: env['ARTIFACTS_FOLDER'] ?? `s3://${env['S3_BUCKET']}`,
        events: env['KAFKA_BROKERS'] ? `Kafka at ${env['KAFKA_BROKERS']}` : 'a log in PostgreSQL (events.event_log)',
      },
      close: () => lifecycle.close(),
    };
  } catch (error) {
    await front.close();
    await lifecycle.close();
    throw error;
  }
}
