import type { Operation } from '../journal.ts';
import type { StoredVersion } from './stored.ts';

/** The acknowledged versions and moves are there; each request to create one may have made one each time it was sent. */
export function checkVersions(operations: readonly Operation[], versions: readonly StoredVersion[]): string[] {
  const created = operations.filter(({ path }) => path === 'model-versions/create');
  const moved = operations.filter(({ path }) => path === 'model-versions/transition-stage');
  const byDescription = Map.groupBy(versions, ({ description }) => description);
  return [
    ...created.flatMap(({ id, request, replies, acknowledged }) => {
      const found = byDescription.get(String(request['description'])) ?? [];
      const number = (acknowledged?.['model_version'] as { version?: string } | undefined)?.version;
      const lost = acknowledged !== undefined && !found.some(({ version }) => version === number);
      const tooMany = found.length > replies.length;
      return [
        ...(lost ? [`${id}: acknowledged version ${number} is lost`] : []),
        ...(tooMany ? [`${id}: ${found.length} versions after ${replies.length} requests`] : []),
      ];
    }),
    ...moved.flatMap(({ id, request, acknowledged }) => {
      const stage = versions.find(({ version }) => version === request['version'])?.stage;
      const lost = acknowledged !== undefined && stage !== request['stage'];
      return lost ? [`${id}: version ${request['version']} was moved to ${request['stage']} but is in ${stage}`] : [];
    }),
  ];
}
