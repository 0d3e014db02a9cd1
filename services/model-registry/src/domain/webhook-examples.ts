import { cloudEvent } from '@millrace/platform/outbox/stored-event';

const model = { name: 'example_model' };
const prompt = { name: 'example_prompt' };
const version = '1';
const tag = { key: 'example_key', value: 'example_value' };
const tags = { example_key: 'example_value' };
const alias = 'example_alias';

/** The data MLflow's own test call sends. */
const NOTICES: Readonly<Record<string, object>> = {
  'registered_model.created': { ...model, tags, description: 'An example registered model' },
  'model_version.created': {
    ...model,
    version,
    source: 'models:/123',
    run_id: 'abcd1234abcd5678',
    tags,
    description: 'An example model version',
  },
  'model_version_tag.set': { ...model, version, ...tag },
  'model_version_tag.deleted': { ...model, version, key: tag.key },
  'model_version_alias.created': { ...model, alias, version },
  'model_version_alias.deleted': { ...model, alias },
  'prompt.created': { ...prompt, tags, description: 'An example prompt' },
  'prompt_version.created': {
    ...prompt,
    version,
    template: 'Hello {{name}}!',
    tags,
    description: 'An example prompt version',
  },
  'prompt_tag.set': { ...prompt, ...tag },
  'prompt_tag.deleted': { ...prompt, key: tag.key },
  'prompt_version_tag.set': { ...prompt, version, ...tag },
  'prompt_version_tag.deleted': { ...prompt, version, key: tag.key },
  'prompt_alias.created': { ...prompt, alias, version },
  'prompt_alias.deleted': { ...prompt, alias },
  'budget_policy.exceeded': {
    budget_policy_id: 'bp-abc123',
    budget_unit: 'USD',
    budget_amount: 100.0,
    current_spend: 105.5,
    duration_unit: 'MONTHS',
    duration_value: 1,
    target_scope: 'WORKSPACE',
    workspace: 'default',
    window_start: 1_704_067_200_000,
  },
};

export function exampleNotice(topic: string): object {
  return NOTICES[topic] ?? {};
}

const origin = { run_id: 'abcd1234abcd5678', artifact_uri: 'models:/123', tags };

/** What an event of each type has beside the model, and the version where it is about one. */
const EVENTS: Readonly<Record<string, object>> = {
  'registered_model.renamed': { previous_name: 'previous_model' },
  'model_version.created': { stage: 'None', source: 'models:/123', ...origin },
  'model_version.stage_transitioned': { from_stage: 'Staging', to_stage: 'Production', ...origin },
  'model_version.tag_set': tag,
  'model_version.tag_deleted': { key: tag.key },
  'model_version.alias_set': { alias },
  'model_version.alias_deleted': { alias },
  'model_version.deleted': { stage: 'Archived' },
};

type At = { readonly messageId: string; readonly occurredAt: Date; readonly workspace: string };

/** A whole CloudEvent; `data.actor` says that it is only an example. */
export function exampleEvent(type: string, { messageId, occurredAt, workspace }: At) {
  const { name } = model;
  const about = type.startsWith('model_version.') ? { version, model_uri: `models:/${name}/${version}` } : {};
  const data = { event: type, workspace, actor: 'webhook-test', model: name, ...about, ...EVENTS[type] };
  const subject = 'version' in about ? `models/${name}/versions/${version}` : `models/${name}`;
  const at = { id: 0, event_id: messageId, workspace_id: workspace, traceparent: null, occurred_at: occurredAt };
  return cloudEvent({ ...at, type, key: `${workspace}/${name}`, subject, data }, 'model-registry');
}
