import type { Context } from '@millrace/platform/contract/context';
import { NotFoundError } from '@millrace/platform/errors';
import { deleteModelTag, upsertModelTags } from '../store/logged-model-tags.ts';
import { MAX_KEY } from './check-batch.ts';
import type { Deps } from './deps.ts';
import type { KeyValue } from './experiment.ts';
import { modelNotFound } from './logged-model-not-found.ts';
import { checkKey, checkLength } from './names.ts';

const MAX_VALUE = 65_535;

/** Checks tags as a client gives them: sorted, the last of several of one key. Values are never cut, since they may be JSON. */
export function modelTags(given: readonly KeyValue[]): KeyValue[] {
  for (const [i, { key, value }] of given.entries()) {
    checkKey(`tags[${i}].key`, key);
    checkLength(`tags[${i}].key`, key, MAX_KEY);
    checkLength(`tags[${i}].value`, value, MAX_VALUE);
  }
  const distinct = new Map(given.map(({ key, value }) => [key, value]));
  return [...distinct].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Tags of other keys stay. */
export async function setModelTags(
  deps: Deps,
  { workspace }: Context,
  id: string,
  tags: readonly KeyValue[],
): Promise<void> {
  if (!(await upsertModelTags(deps.pool, workspace, id, modelTags(tags)))) throw modelNotFound(id);
}

export async function removeModelTag(deps: Deps, { workspace }: Context, id: string, key: string): Promise<void> {
  switch (await deleteModelTag(deps.pool, workspace, id, key)) {
    case 'deleted':
      return;
    case 'no tag':
      throw new NotFoundError(`No tag with key '${key}' found for model with ID '${id}'.`);
    case 'no model':
      throw modelNotFound(id);
  }
}
