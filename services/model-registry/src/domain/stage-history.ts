import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { readOffset, writeOffset } from '@millrace/platform/search/page-token';
import { type Entry, type EntryKind, entriesAt, ledgersOf, listEntries } from '../store/ledger.ts';
import { checkLedger, type LedgerState } from '../store/ledger-check.ts';
import { holdersAt, ledgerNamed } from '../store/stage-holders.ts';
import type { Deps } from './deps.ts';
import type { TokenPage } from './fill-page.ts';
import { checkModelName } from './names.ts';
import { modelNotFound } from './not-found.ts';
import { parseKnownStage } from './stage.ts';
import { parseVersion } from './version-number.ts';

export type { Entry, EntryKind };

const MAX_ENTRIES = 1_000;
const MAX_INTEGER = 2 ** 31 - 1;

export type HistoryQuery = {
  readonly name: string;
  /** Empty: all. */
  readonly version: string;
  readonly maxResults: number;
  readonly pageToken: string;
};

/** Newest first: of the model that has the name, and of those that had it when they were deleted. */
export async function stageHistory(deps: Deps, context: Context, query: HistoryQuery): Promise<TokenPage<Entry>> {
  const { name, maxResults: limit } = query;
  checkModelName(name);
  if (limit < 1 || limit > MAX_ENTRIES) {
    throw new InvalidParameterError(`'max_results' must be between 1 and ${MAX_ENTRIES}, not ${limit}`);
  }
  const version = query.version === '' ? null : Math.min(parseVersion(query.version), MAX_INTEGER);
  const before = query.pageToken === '' ? null : readOffset(query.pageToken);
  const ledgers = await requireLedgers(deps, context, name);
  const { items, more, last } = await listEntries(deps.pool, context.workspace, ledgers, { version, before, limit });
  return { items, nextPageToken: more && last !== undefined ? writeOffset(last) : undefined };
}

/** The entries that brought the holders of that time to the stage. `name` is the one the model had then. */
export async function stageHolders(
  deps: Deps,
  { workspace }: Context,
  query: { readonly name: string; readonly stage: string; readonly atMs: number },
): Promise<readonly Entry[]> {
  const { name, atMs } = query;
  checkModelName(name);
  const stage = parseKnownStage(deps.stages, query.stage);
  const ledger = await ledgerNamed(deps.pool, workspace, name, atMs);
  if (ledger === undefined) return [];
  const positions = await holdersAt(deps.pool, workspace, ledger, stage, atMs);
  return entriesAt(deps.pool, workspace, ledger, positions);
}

/** Of the model that has the name, or else of the last one that had it. */
export async function verifyLedger(deps: Deps, context: Context, name: string): Promise<LedgerState> {
  checkModelName(name);
  const ledgers = await requireLedgers(deps, context, name);
  return checkLedger(deps.pool, context.workspace, Math.max(...ledgers));
}

async function requireLedgers(deps: Deps, { workspace }: Context, name: string): Promise<readonly number[]> {
  const ledgers = await ledgersOf(deps.pool, workspace, name);
  if (ledgers.length === 0) throw modelNotFound(name);
  return ledgers;
}
