import { verifyLedger } from '../domain/stage-history.ts';
import type { LedgerRpc } from './rpc.ts';

export const verifyStageLedger: LedgerRpc<'verifyStageLedger'> =
  (deps) =>
  async ({ name }, context) => {
    const { entries, brokenAt, lastHash } = await verifyLedger(deps, context, name);
    const broken = brokenAt === null ? {} : { brokenAt: BigInt(brokenAt) };
    return { intact: brokenAt === null, entries: BigInt(entries), lastHash, ...broken };
  };
