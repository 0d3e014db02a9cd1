import { randomBytes } from 'node:crypto';
import { call, type TracedCall, tracedCall } from './caller.ts';

/** Lets the registry call receivers on this machine. */
export const WEBHOOKS_ON_LOOPBACK = {
  WEBHOOK_SECRET_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  WEBHOOK_ALLOWED_SCHEMES: 'http,https',
  WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
};

export type Promotion = { readonly registered: TracedCall; readonly promoted: TracedCall };

/** Logs a model, registers it as a version and promotes that to Production; both are told to the webhook. */
export async function promote(url: string, hookUrl: string): Promise<Promotion> {
  const name = `churn-${randomBytes(4).toString('hex')}`;
  const { model } = await call(url, 'logged-models', { experiment_id: '0', name: 'model' });
  const { model_id } = (model as { info: { model_id: string } }).info;
  await call(url, 'registered-models/create', { name });
  const event_types = ['model_version.created', 'model_version.stage_transitioned'];
  await call(url, 'webhooks', { name: `deploy-${name}`, url: hookUrl, event_types });
  const version = { name, source: `models:/${model_id}`, model_id };
  const registered = await tracedCall(url, 'model-versions/create', version);
  const move = { name, version: '1', stage: 'Production', archive_existing_versions: true };
  const promoted = await tracedCall(url, 'model-versions/transition-stage', move);
  return { registered, promoted };
}
