import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { AppError } from '@millrace/platform/errors';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import type { ReadFile } from './domain/contents.ts';
import { restAfterFaults } from './rest-after-faults.ts';

const DEADLINE_MS = 10_000;
/** There is no such file, it is too large for a message, or its path is none. */
const NONE: ReadonlySet<string> = new Set(['RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE']);

/** Asks the artifact proxy, which gives a file of up to 1 MiB; null where no proxy is configured. */
export function artifactFiles(address: string | null, lifecycle: Lifecycle): ReadFile | null {
  if (address === null) return null;
  const client = grpcClient(ArtifactService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('artifact client', () => client.close());
  const unlessAway = restAfterFaults('artifact proxy');
  return async (path, context) => {
    try {
      return (await unlessAway(() => client.readArtifact({ path }, context))).content;
    } catch (error) {
      if (error instanceof AppError && NONE.has(error.code)) return undefined;
      throw error;
    }
  };
}
