import type { Handlers } from '@millrace/platform/contract/operation';
import { InvalidParameterError } from '@millrace/platform/errors';
import type { VersionFilesService } from '@millrace/proto/registry/v1/version_files';
import type { Deps } from '../domain/deps.ts';
import { listVersionsOn as findVersionsOn, listFilePaths } from '../store/version-files.ts';

const MAX_VERSIONS = 1_000;

export const listVersionsOn =
  ({ pool }: Deps): Handlers<typeof VersionFilesService>['listVersionsOn'] =>
  async ({ directories: uris }, { workspace }) => {
    const directories = await listFilePaths(pool, uris);
    if (directories.includes('')) throw new InvalidParameterError("Invalid value for parameter 'directories': a root");
    const exact = [...new Set(directories.flatMap(withAncestors))];
    const versions = await findVersionsOn(pool, workspace, { directories, exact }, MAX_VERSIONS + 1);
    return { versions: versions.slice(0, MAX_VERSIONS), hasMore: versions.length > MAX_VERSIONS };
  };

/** 'a/b' gives 'a/b', 'a' and the root, ''. */
function withAncestors(path: string): string[] {
  const segments = path.split('/');
  return [...segments.keys(), segments.length].map((length) => segments.slice(0, length).join('/'));
}
