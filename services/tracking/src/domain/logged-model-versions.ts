import type { Queryable } from '@millrace/platform/postgres';
import { findModelTag, lockModel, upsertModelTag } from '../store/logged-model-tags.ts';

const VERSIONS_TAG = 'mlflow.modelVersions';

export type RegisteredVersion = { readonly name: string; readonly version: number };

/** Adds a version to the model's tag of registered versions, unless it is there or there is no such model. */
export async function markRegistered(
  tx: Queryable,
  workspace: string,
  modelId: string,
  added: RegisteredVersion,
): Promise<void> {
  if (!(await lockModel(tx, workspace, modelId))) return;
  const versions = parse(await findModelTag(tx, modelId, VERSIONS_TAG));
  if (versions.some(({ name, version }) => name === added.name && version === added.version)) return;
  await upsertModelTag(tx, workspace, modelId, { key: VERSIONS_TAG, value: pythonJson([...versions, added]) });
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
