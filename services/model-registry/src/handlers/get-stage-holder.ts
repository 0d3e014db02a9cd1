import { stageHolders } from '../domain/stage-history.ts';
import { entryMessage } from './entry-message.ts';
import type { LedgerRpc } from './rpc.ts';

export const getStageHolder: LedgerRpc<'getStageHolder'> =
  (deps) =>
  async ({ name, stage, at }, context) => {
    const atMs = at === undefined ? Number.MAX_SAFE_INTEGER : Number(at);
    return { holders: (await stageHolders(deps, context, { name, stage, atMs })).map(entryMessage) };
  };
