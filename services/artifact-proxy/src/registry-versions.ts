import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { UnavailableError } from '@millrace/platform/errors';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { VersionFilesService } from '@millrace/proto/registry/v1/version_files';
import { parseArtifactPath } from './domain/artifact-path.ts';
import type { FreeDeps } from './domain/free-artifacts.ts';
import { objectKey } from './domain/object-key.ts';
import type { Doomed } from './store/doomed.ts';

const DEADLINE_MS = 30_000;

/** Asks the registry, which alone knows where versions have their files. */
export function registryVersions(address: string, lifecycle: Lifecycle): FreeDeps['keysInUse'] {
  const client = grpcClient(VersionFilesService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('registry client', () => client.close());
  return async (doomed) => {
    const caller = { actor: 'retention', workspace: doomed.workspace };
    const { versions, hasMore } = await client.listVersionsOn({ directories: [...doomed.addresses] }, caller);
    if (hasMore) throw new UnavailableError(`More model versions stand on '${doomed.path}' than can be told`);
    return versions.map(({ path }) => keyOf(path, doomed));
  };
}

/** What cannot be told to be a part of the directory keeps all of it. */
function keyOf(path: string, { key, path: root, workspace }: Doomed): string {
  const isPlain = !/^[a-z][a-z0-9+.-]*:/i.test(path);
  if (!isPlain || path === '') return key;
  try {
    const { path: known } = parseArtifactPath(path);
    return root.startsWith(`${known}/`) || known === root ? key : objectKey(workspace, known);
  } catch {
    return key;
  }
}
