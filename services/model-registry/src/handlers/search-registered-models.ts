import { searchModels } from '../domain/search.ts';
import { modelMessage } from './messages.ts';
import type { ModelRpc } from './rpc.ts';

export const searchRegisteredModels: ModelRpc<'searchRegisteredModels'> = (deps) => async (request, context) => {
  const { filter, orderBy, maxResults = 100, pageToken } = request;
  const page = await searchModels(deps, context, { filter, orderBy, maxResults, pageToken });
  return {
    registeredModels: page.items.map(modelMessage),
    ...(page.nextPageToken && { nextPageToken: page.nextPageToken }),
  };
};
