import { rollbackStage as rollBack } from '../domain/rollback-stage.ts';
import { versionMessage } from './messages.ts';
import type { LedgerRpc } from './rpc.ts';

export const rollbackStage: LedgerRpc<'rollbackStage'> = (deps) => async (request, context) => ({
  modelVersion: versionMessage(await rollBack(deps, context, request)),
});
