import { stageHistory } from '../domain/stage-history.ts';
import { entryMessage } from './entry-message.ts';
import type { LedgerRpc } from './rpc.ts';

export const listStageTransitions: LedgerRpc<'listStageTransitions'> = (deps) => async (request, context) => {
  const { name, version, maxResults = 100, pageToken } = request;
  const page = await stageHistory(deps, context, { name, version, maxResults, pageToken });
  return {
    transitions: page.items.map(entryMessage),
    ...(page.nextPageToken && { nextPageToken: page.nextPageToken }),
  };
};
