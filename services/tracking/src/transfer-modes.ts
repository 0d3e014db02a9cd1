import { grpcClient } from '@millrace/platform/contract/grpc-client';
import type { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import type { TransferModes } from './handlers/get-server-info.ts';

const DEADLINE_MS = 2_000;
/** Clients keep what they are told as long. */
const KEPT_MS = 60_000;
const KEPT_AFTER_FAILURE_MS = 2_000;
const NONE = { multipartUploads: false, multipartDownloads: false };

/** Asks the artifact proxy now and then. While it does not answer, clients are told of nothing that they would need it for. */
export function transferModes(address: string, lifecycle: Lifecycle): TransferModes {
  const identity = { actor: 'tracking', workspace: 'default' };
  const client = grpcClient(ArtifactService, address, { deadlineMs: DEADLINE_MS, identity });
  lifecycle.onClose('transfer modes client', () => client.close());
  let [known, until]: [ReturnType<TransferModes>, number] = [Promise.resolve(NONE), 0];
  return () => {
    if (Date.now() < until) return known;
    until = Date.now() + KEPT_MS;
    known = client.getTransferModes({}).catch(() => {
      until = Date.now() + KEPT_AFTER_FAILURE_MS;
      return NONE;
    });
    return known;
  };
}
