export type TextAttribute =
  | 'name'
  | 'model_id'
  | 'model_type'
  | 'source_run_id'
  | 'experiment_id'
  | 'artifact_uri'
  | 'status'
  | 'status_message'
  | 'lifecycle_stage';

export type TimeAttribute = 'created' | 'updated';

export type ModelAttribute =
  | { readonly type: 'text'; readonly key: TextAttribute }
  | { readonly type: 'time'; readonly key: TimeAttribute };

const text = (key: TextAttribute): ModelAttribute => ({ type: 'text', key });
const time = (key: TimeAttribute): ModelAttribute => ({ type: 'time', key });

/** Names of the API, and of the columns of MLflow's own database, which its server takes too. */
const ATTRIBUTES: Readonly<Record<string, ModelAttribute>> = {
  name: text('name'),
  model_id: text('model_id'),
  model_type: text('model_type'),
  source_run_id: text('source_run_id'),
  experiment_id: text('experiment_id'),
  artifact_uri: text('artifact_uri'),
  artifact_location: text('artifact_uri'),
  status: text('status'),
  status_message: text('status_message'),
  lifecycle_stage: text('lifecycle_stage'),
  creation_time: time('created'),
  creation_timestamp: time('created'),
  creation_timestamp_ms: time('created'),
  last_updated_timestamp: time('updated'),
  last_updated_timestamp_ms: time('updated'),
};

/** Undefined for what a logged model does not have. */
export function modelAttribute(name: string): ModelAttribute | undefined {
  return Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
}
