import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { addressRules } from './addresses.ts';
import { poster, resolveHost } from './post.ts';
import { startUpkeep } from './upkeep.ts';
import { startWorker, type WorkerOptions } from './worker.ts';

/** Starts sending what waits, and gives the parts with which webhooks are made and tested. */
export function startWebhooks(options: Omit<WorkerOptions, 'post'>, lifecycle: Lifecycle, log: Logger) {
  const { pool, config } = options;
  const rules = addressRules(config.receivers);
  const post = poster(rules, resolveHost, config.timeoutMs);
  lifecycle.onClose('connections to webhooks', () => post.close());
  startUpkeep(pool, config, lifecycle, log);
  const { wake } = startWorker({ ...options, post }, lifecycle, log);
  return { keys: config.keys, schemes: config.receivers.schemes, rules, resolve: resolveHost, post, wake };
}
