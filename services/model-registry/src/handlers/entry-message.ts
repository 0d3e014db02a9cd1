import type { MessageInitShape } from '@bufbuild/protobuf';
import { type StageTransitionSchema, TransitionKind } from '@millrace/proto/registry/v1/stage_ledger';
import type { Entry, EntryKind } from '../domain/stage-history.ts';

const KIND: Readonly<Record<EntryKind, TransitionKind>> = {
  'version created': TransitionKind.VERSION_CREATED,
  transitioned: TransitionKind.TRANSITIONED,
  'rolled back': TransitionKind.ROLLED_BACK,
  'version deleted': TransitionKind.VERSION_DELETED,
  renamed: TransitionKind.RENAMED,
  'model deleted': TransitionKind.MODEL_DELETED,
  found: TransitionKind.FOUND,
  described: TransitionKind.DESCRIBED,
};

export function entryMessage(entry: Entry): MessageInitShape<typeof StageTransitionSchema> {
  return {
    ledger: String(entry.ledger),
    position: BigInt(entry.position),
    kind: KIND[entry.kind],
    name: entry.name,
    previousName: entry.previousName,
    version: entry.version === null ? '' : String(entry.version),
    fromStage: entry.from,
    toStage: entry.to,
    timestamp: BigInt(entry.atMs),
    actor: entry.actor,
    comment: entry.comment,
    runId: entry.runId,
    experimentId: entry.origin.experimentId,
    gitCommit: entry.origin.gitCommit,
    modelId: entry.origin.loggedModelId,
    datasets: entry.origin.datasets,
    source: entry.source,
    mlmodelSha256: entry.contents.digest,
    flavors: entry.contents.flavors,
    previousHash: entry.previousHash,
    hash: entry.hash,
  };
}
