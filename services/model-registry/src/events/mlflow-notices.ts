import type { ModelVersion, Tag } from '../domain/model.ts';
import { IS_PROMPT, marksPrompt } from '../domain/tags.ts';
import type { At } from './model-events.ts';

/**
 * An event of MLflow's webhooks, beside ours and with MLflow's own data. Some are told under another topic, or only, when the
 * model turns out to hold a prompt.
 */
export type Notice = {
  readonly topic: string | null;
  readonly promptTopic?: string;
  readonly at: At;
  readonly data: Readonly<Record<string, unknown>>;
};

const PROMPT_TEXT = 'mlflow.prompt.text';
const PROMPT_TYPE = '_mlflow_prompt_type';

/** Deliveries are held in memory while they are sent: longer tags are left out, and `tags_truncated` says so. */
const MAX_TAGS_BYTES = 512 * 1024;

export function modelNotice(at: At, model: { readonly description: string; readonly tags: readonly Tag[] }): Notice {
  const { name } = at;
  const { description, tags } = model;
  if (!marksPrompt(tags)) {
    return { topic: 'registered_model.created', at, data: { name, ...tagData(tags), description } };
  }
  return { topic: 'prompt.created', at, data: { name, ...tagData(tags, IS_PROMPT, PROMPT_TYPE), description } };
}

export function versionNotice(at: At, given: ModelVersion): Notice {
  const { name } = at;
  const version = String(given.version);
  const description = given.description || null;
  const { tags } = given;
  if (!marksPrompt(tags)) {
    const data = { name, version, source: given.source, run_id: given.runId || null, ...tagData(tags), description };
    return { topic: 'model_version.created', at, data };
  }
  const template = tags.find(({ key }) => key === PROMPT_TEXT)?.value ?? null;
  const rest = tagData(tags, PROMPT_TEXT, IS_PROMPT, PROMPT_TYPE);
  return { topic: 'prompt_version.created', at, data: { name, version, template, ...rest, description } };
}

/** `value` is undefined when the tag is taken away. */
export function versionTagNotice(at: At, version: number, key: string, value?: string): Notice {
  const action = value === undefined ? 'deleted' : 'set';
  const data = { name: at.name, version: String(version), key, ...(value !== undefined && { value }) };
  return { topic: `model_version_tag.${action}`, promptTopic: `prompt_version_tag.${action}`, at, data };
}

/** `value` is undefined when the tag is taken away. Nothing is told of the tags of what is no prompt. */
export function modelTagNotice(at: At, key: string, value?: string): Notice {
  const action = value === undefined ? 'deleted' : 'set';
  const data = { name: at.name, key, ...(value !== undefined && { value }) };
  return { topic: null, promptTopic: `prompt_tag.${action}`, at, data };
}

/** `version` is undefined when the alias is taken away. */
export function aliasNotice(at: At, alias: string, version?: number): Notice {
  const action = version === undefined ? 'deleted' : 'created';
  const data = { name: at.name, alias, ...(version !== undefined && { version: String(version) }) };
  return { topic: `model_version_alias.${action}`, promptTopic: `prompt_alias.${action}`, at, data };
}

function tagData(tags: readonly Tag[], ...hidden: readonly string[]) {
  const shown = tags.filter(({ key }) => !hidden.includes(key));
  let bytes = 0;
  const fitting = shown.filter(({ key, value }) => {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    return bytes <= MAX_TAGS_BYTES;
  });
  return {
    tags: Object.fromEntries(fitting.map(({ key, value }) => [key, value])),
    ...(fitting.length < shown.length && { tags_truncated: true }),
  };
}
