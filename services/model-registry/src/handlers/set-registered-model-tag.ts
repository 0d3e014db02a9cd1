import { setModelTag } from '../domain/model-tags.ts';
import type { ModelRpc } from './rpc.ts';

export const setRegisteredModelTag: ModelRpc<'setRegisteredModelTag'> =
  (deps) =>
  async ({ name, key, value }, context) => {
    await setModelTag(deps, context, name, { key, value });
    return {};
  };
