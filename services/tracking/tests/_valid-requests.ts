import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { Json, JsonObject } from './_fields.ts';
import type { TrackingService } from './_service.ts';

/** What a request can name. */
export type Ids = {
  readonly experiment: string;
  readonly experimentName: string;
  readonly run: string;
  readonly model: string;
};

/** New ones, so that a request that deletes or changes them disturbs no other. */
export async function newIds(service: TrackingService): Promise<Ids> {
  const experimentName = crypto.randomUUID();
  const { body } = await service.post('experiments/create', {
    name: experimentName,
    tags: [{ key: KEY, value: 'value' }],
  });
  const experiment = String(body['experiment_id']);
  const run = await service.newRun(experiment);
  await service.post('runs/set-tag', { run_id: run, key: KEY, value: 'value' });
  const model = await service.post('logged-models', {
    experiment_id: experiment,
    tags: [{ key: KEY, value: 'value' }],
  });
  return { experiment, experimentName, run, model: (model.body as { model: Model }).model.info.model_id };
}

type Model = { readonly info: { readonly model_id: string } };
const KEY = 'key';

/**
 * A value for each field whose type alone does not give one, by its name. An endpoint whose fields are not here by name and do
 * mean something fails the test that its valid request is accepted.
 */
const EXAMPLES: Readonly<Record<string, (ids: Ids, request: string) => Json>> = {
  experiment_id: ({ experiment }) => experiment,
  experiment_ids: ({ experiment }) => experiment,
  experiment_name: ({ experimentName }) => experimentName,
  name: () => crypto.randomUUID(),
  new_name: () => crypto.randomUUID(),
  run_id: ({ run }) => run,
  run_ids: ({ run }) => run,
  source_run_id: ({ run }) => run,
  model_id: ({ model }, request) => (request === 'CreatePresignedUploadUrlRequest' ? '' : model), // it has a run_id
  key: () => KEY,
  tag_key: () => KEY,
  metric_key: () => 'metric',
  artifact_location: () => 's3://bucket/folder',
  filter: () => '',
  page_token: () => '',
  order_by: (_, request) => (request === 'SearchRunsRequest' ? 'start_time' : 'name'),
  field_name: () => 'name',
  model_json: () => JSON.stringify({ artifact_path: 'a', flavors: {}, utc_time_created: 'now', run_id: 'r' }),
};

/** Every field given. */
export function validRequest(message: DescMessage, ids: Ids, request = message.name): JsonObject {
  const pairs = message.fields.map((field) => {
    const value = example(field, ids, request);
    return [field.name, field.fieldKind === 'list' ? [value] : value] as const;
  });
  return Object.fromEntries(pairs);
}

function example(field: DescField, ids: Ids, request: string): Json {
  const known = EXAMPLES[field.name];
  if (field.message) return validRequest(field.message, ids, request);
  if (known) return known(ids, request);
  if (field.enum) return field.enum.values[1]?.name ?? '';
  if (field.scalar === ScalarType.STRING) return 'text';
  return field.scalar === ScalarType.BOOL ? true : 1;
}
