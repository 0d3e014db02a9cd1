import type { Handlers } from '@millrace/platform/contract/operation';
import type { VersionFilesService } from '@millrace/proto/registry/v1/version_files';
import type { Deps } from '../domain/deps.ts';
import { versionsOn } from '../domain/versions-on.ts';

const MAX_VERSIONS = 1_000;

export const listVersionsOn =
  ({ pool }: Deps): Handlers<typeof VersionFilesService>['listVersionsOn'] =>
  async ({ directories }, { workspace }) => {
    const versions = await versionsOn(pool, workspace, directories, MAX_VERSIONS + 1);
    return { versions: versions.slice(0, MAX_VERSIONS), hasMore: versions.length > MAX_VERSIONS };
  };
