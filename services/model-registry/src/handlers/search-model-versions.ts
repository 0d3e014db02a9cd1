import { searchVersions } from '../domain/search.ts';
import { versionMessage } from './messages.ts';
import type { VersionRpc } from './rpc.ts';

export const searchModelVersions: VersionRpc<'searchModelVersions'> = (deps) => async (request, context) => {
  const { filter, orderBy, maxResults = 200_000, pageToken } = request;
  const page = await searchVersions(deps, context, { filter, orderBy, maxResults, pageToken });
  return {
    modelVersions: page.items.map(versionMessage),
    ...(page.nextPageToken && { nextPageToken: page.nextPageToken }),
  };
};
