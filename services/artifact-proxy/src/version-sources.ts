import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { NotImplementedError } from '@millrace/platform/errors';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { ModelVersionService } from '@millrace/proto/registry/v1/model_versions';
import type { FindSource } from './domain/version-directory.ts';

const DEADLINE_MS = 10_000;

/** Asks the registry, which alone knows versions and who may read them. */
export function versionSources(address: string | null, lifecycle: Lifecycle): FindSource {
  if (address === null) {
    return async () => {
      throw new NotImplementedError('Files of model versions are not served: MODEL_REGISTRY_GRPC is not set');
    };
  }
  const client = grpcClient(ModelVersionService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('version client', () => client.close());
  return async (version, context) => (await client.getModelVersionDownloadUri(version, context)).artifactUri;
}
