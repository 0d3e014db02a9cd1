import { get, post } from '../api.ts';
import { type TracedCall, tracedPost } from './caller.ts';

/** Lets the registry call receivers on this machine. */
export const WEBHOOKS_ON_LOOPBACK = {
  WEBHOOK_SECRET_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  WEBHOOK_ALLOWED_SCHEMES: 'http,https',
  WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
};

export type Promotion = { readonly registered: TracedCall; readonly promoted: TracedCall };

/** Logs a model, registers it as a version and promotes that to Production; both are told to the webhook. */
export async function promote(url: string, hookUrl: string): Promise<Promotion> {
  const name = `churn-${Date.now().toString(36)}`;
  const experiment = await get(url, 'experiments/get', { experiment_id: '0' });
  if (experiment.status !== 200) throw new Error(`There is no experiment 0: ${JSON.stringify(experiment.body)}`);
  const { body } = await post(url, 'logged-models', { experiment_id: '0', name: 'model' });
  const modelId = (body['model'] as { info: { model_id: string } }).info.model_id;
  await post(url, 'registered-models/create', { name });
  await post(url, 'webhooks', {
    name: `deploy ${name}`,
    url: hookUrl,
    event_types: ['model_version.created', 'model_version.stage_transitioned'],
  });
  const version = { name, source: `models:/${modelId}`, model_id: modelId };
  const registered = await tracedPost(url, 'model-versions/create', version);
  const move = { name, version: '1', stage: 'Production', archive_existing_versions: true };
  const promoted = await tracedPost(url, 'model-versions/transition-stage', move);
  return { registered, promoted };
}
