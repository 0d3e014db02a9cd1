import { grpcClient } from '@millrace/platform/contract/grpc-client';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactRootService } from '@millrace/proto/tracking/v1/artifacts';
import type { FindRoot } from './domain/artifact-root.ts';

const DEADLINE_MS = 10_000;

/** Asks tracking, which alone knows runs and logged models. */
export function trackingRoots(address: string, lifecycle: Lifecycle): FindRoot {
  const client = grpcClient(ArtifactRootService, address, { deadlineMs: DEADLINE_MS });
  lifecycle.onClose('tracking client', () => client.close());
  return ({ type, id }, context) =>
    type === 'run'
      ? client.getRunArtifactRoot({ runId: id }, context)
      : client.getLoggedModelArtifactRoot({ modelId: id }, context);
}
