import type { Context } from '@millrace/platform/contract/context';
import type { Queryable } from '@millrace/platform/postgres';
import { stageTransitioned } from '../events/model-events.ts';
import { appendEntries, type NewEntry } from '../store/ledger.ts';
import type { Touched } from '../store/models.ts';
import { moveToStage, type Transition } from '../store/transitions.ts';
import type { Tell } from './change.ts';
import type { ModelVersion } from './model.ts';
import type { Stage } from './stage.ts';

export type MoveInTransaction = {
  readonly name: string;
  readonly version: number;
  readonly stage: Stage;
  readonly archive: boolean;
  readonly comment: string;
  /** Of a rollback: the position in the ledger at which the version had got the stage. */
  readonly restores?: number;
};

/**
 * Moves a version of a model that this transaction has locked, with its entries in the ledger and its events. What the move sends
 * to the archive is told first, so that a follower of events never counts two versions in one stage either. A version that is
 * where it is told to go has not moved: of that there is no event, and a call that is repeated because its answer was lost does
 * not start a second deployment; only that a rollback has chosen it is kept. Undefined when there is no such living version.
 */
export async function moveVersion(
  tx: Queryable,
  tell: Tell,
  { workspace, actor }: Context,
  touched: Touched,
  move: MoveInTransaction,
): Promise<ModelVersion | undefined> {
  const { name, version, restores } = move;
  const moved = await moveToStage(tx, workspace, touched, move);
  const target = moved.find((one) => one.version.version === version);
  if (!target) return undefined;
  const inOrder = [...moved.filter((one) => one !== target), target];
  const kept = inOrder.filter((one) => hasMoved(one) || (one === target && restores !== undefined));
  const entry = (one: Transition): NewEntry => ({
    ...one.version,
    ...(one === target && restores !== undefined ? { kind: 'rolled back', restores } : { kind: 'transitioned' }),
    from: one.from,
    to: one.version.stage,
    atMs: touched.nowMs,
    actor,
    comment: move.comment,
  });
  const places = await appendEntries(tx, workspace, touched.modelId, kept.map(entry));
  for (const [index, one] of kept.entries()) {
    const place = places[index];
    if (!place || !hasMoved(one)) continue;
    const rollback = restores !== undefined;
    tell(stageTransitioned({ workspace, name }, { ...one, comment: move.comment, rollback, entry: place }));
  }
  return target.version;
}

const hasMoved = ({ from, version }: Transition) => from !== version.stage;
