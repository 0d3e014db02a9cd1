import type { Queryable } from '@millrace/platform/postgres';
import { findModelTag, lockModel, upsertModelTag } from '../store/logged-model-tags.ts';
import { findRunTag, lockActiveRun, upsertRunTag } from '../store/run-tags.ts';
import { isRunId } from './ids.ts';

const VERSIONS_TAG = 'mlflow.modelVersions';
/** A tag stays a tag: the newest are kept. */
const MAX_VERSIONS = 100;

export type RegisteredVersion = { readonly name: string; readonly version: number };

/** Adds a version to the model's tag of registered versions, unless it is there or there is no such model. */
export async function markModel(
  tx: Queryable,
  workspace: string,
  modelId: string,
  added: RegisteredVersion,
): Promise<void> {
  if (!(await lockModel(tx, workspace, modelId))) return;
  const value = withVersion(await findModelTag(tx, modelId, VERSIONS_TAG), added);
  if (value !== undefined) await upsertModelTag(tx, workspace, modelId, { key: VERSIONS_TAG, value });
}

/** The same of a run, unless there is no such run or it is deleted. */
export async function markRun(
  tx: Queryable,
  workspace: string,
  runId: string,
  added: RegisteredVersion,
): Promise<void> {
  if (!isRunId(runId) || !(await lockActiveRun(tx, workspace, runId))) return;
  const value = withVersion(await findRunTag(tx, runId, VERSIONS_TAG), added);
  if (value !== undefined) await upsertRunTag(tx, workspace, runId, { key: VERSIONS_TAG, value });
}

/** Undefined when it is there already. */
function withVersion(tag: string | undefined, added: RegisteredVersion): string | undefined {
  const versions = parse(tag);
  const there = versions.some(({ name, version }) => name === added.name && version === added.version);
  return there ? undefined : pythonJson([...versions, added].slice(-MAX_VERSIONS));
}

/** What somebody else wrote into the tag, and is no list of versions, is lost. */
function parse(text: string | undefined): RegisteredVersion[] {
  try {
    const list = JSON.parse(text ?? '[]') as unknown;
    return Array.isArray(list) ? (list as unknown[]).filter(isVersion) : [];
  } catch {
    return [];
  }
}

function isVersion(value: unknown): value is RegisteredVersion {
  const { name, version } = (value ?? {}) as Partial<Record<keyof RegisteredVersion, unknown>>;
  return typeof name === 'string' && typeof version === 'number';
}

/** Clients compare the text with what Python's `json.dumps` gives. */
function pythonJson(versions: readonly RegisteredVersion[]): string {
  const items = versions.map(({ name, version }) => `{"name": ${ascii(JSON.stringify(name))}, "version": ${version}}`);
  return `[${items.join(', ')}]`;
}

function ascii(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
