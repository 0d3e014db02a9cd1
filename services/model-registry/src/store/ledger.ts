import type { Queryable } from '@millrace/platform/postgres';
import type { Contents } from '../domain/contents.ts';
import type { Origin } from '../domain/origin.ts';
import { type Page, readPage } from './page.ts';
import type { Stage } from './stages.ts';

/** In the order of their stored numbers, which begin at 1. */
const KINDS = [
  'version created',
  'transitioned',
  'rolled back',
  'version deleted',
  'renamed',
  'model deleted',
  'found',
  'described',
] as const;
export type EntryKind = (typeof KINDS)[number];

/** What is to be remembered of one version, or of a whole model where `version` is null. */
export type NewEntry = {
  readonly kind: EntryKind;
  readonly name: string;
  readonly previousName?: string;
  readonly version: number | null;
  readonly from?: Stage;
  readonly to?: Stage;
  /** Of a rollback: the position at which the version had got the stage. */
  readonly restores?: number;
  readonly atMs: number;
  readonly actor: string;
  readonly comment?: string;
  readonly runId?: string;
  readonly source?: string;
  readonly origin?: Origin;
  readonly contents?: Contents;
};

export type Placed = { readonly position: number; readonly hash: string };

export type Entry = {
  readonly ledger: number;
  readonly position: number;
  readonly kind: EntryKind;
  readonly name: string;
  readonly previousName: string;
  readonly version: number | null;
  readonly from: Stage;
  readonly to: Stage;
  readonly atMs: number;
  readonly actor: string;
  readonly comment: string;
  readonly runId: string;
  readonly origin: Origin;
  readonly source: string;
  readonly contents: Pick<Contents, 'digest' | 'flavors'>;
  readonly previousHash: string;
  readonly hash: string;
};

/** Appends to the ledger of a model whose row is locked, or was deleted, by this transaction. Gives the places in the order given. */
export async function appendEntries(
  tx: Queryable,
  workspace: string,
  ledger: number,
  entries: readonly NewEntry[],
): Promise<Placed[]> {
  if (entries.length === 0) return [];
  const { rows } = await tx.query<Placed>({
    name: 'append_ledger_entries',
    text: `
      insert into registry.stage_ledger (workspace_id, model_id, position, kind, name, previous_name, version, from_stage,
        to_stage, restores, at_ms, actor, comment, run_id, experiment_id, git_commit, logged_model_id, datasets, source,
        mlmodel_sha256, flavors, previous_hash, hash)
      select $1, $2, 0, e.kind, e.name, e.previous_name, e.version, e.from_stage, e.to_stage, e.restores, e.at_ms, e.actor,
        e.comment, e.run_id, e.experiment_id, e.git_commit, e.logged_model_id, e.datasets, e.source,
        e.mlmodel_sha256, e.flavors, '', ''
      from jsonb_to_recordset($3::jsonb) as e (place integer, kind smallint, name text, previous_name text, version integer,
        from_stage text, to_stage text, restores integer, at_ms bigint, actor text, comment text, run_id text,
        experiment_id text, git_commit text, logged_model_id text, datasets text, source text, mlmodel_sha256 text, flavors text)
      order by e.place
      returning position, encode(hash, 'hex') as hash`,
    values: [workspace, ledger, JSON.stringify(entries.map(stored))],
  });
  return rows.sort((a, b) => a.position - b.position);
}

function stored(entry: NewEntry, place: number) {
  return {
    place,
    kind: KINDS.indexOf(entry.kind) + 1,
    name: entry.name,
    previous_name: entry.previousName ?? '',
    version: entry.version,
    from_stage: entry.from ?? '',
    to_stage: entry.to ?? '',
    restores: entry.restores ?? null,
    at_ms: entry.atMs,
    actor: entry.actor,
    comment: entry.comment ?? '',
    run_id: entry.runId ?? '',
    experiment_id: entry.origin?.experimentId ?? '',
    git_commit: entry.origin?.gitCommit ?? '',
    logged_model_id: entry.origin?.loggedModelId ?? '',
    datasets: entry.origin?.datasets ?? '',
    source: entry.source ?? '',
    mlmodel_sha256: entry.contents?.digest ?? '',
    flavors: entry.contents?.flavors ?? '',
  };
}

type EntryRow = {
  readonly entry_id: number;
  readonly model_id: number;
  readonly place: number; // `position` is taken by `readPage`
  readonly kind: number;
  readonly name: string;
  readonly previous_name: string;
  readonly version: number | null;
  readonly from_stage: Stage;
  readonly to_stage: Stage;
  readonly at_ms: number;
  readonly actor: string;
  readonly comment: string;
  readonly run_id: string;
  readonly experiment_id: string;
  readonly git_commit: string;
  readonly logged_model_id: string;
  readonly datasets: string;
  readonly source: string;
  readonly mlmodel_sha256: string;
  readonly flavors: string;
  readonly previous_hash: string;
  readonly hash: string;
};

const ENTRY_COLUMNS = `l.entry_id, l.model_id, l.position as place, l.kind, l.name, l.previous_name, l.version, l.from_stage,
  l.to_stage, l.at_ms, l.actor, l.comment, l.run_id, l.experiment_id, l.git_commit, l.logged_model_id, l.datasets, l.source,
  l.mlmodel_sha256, l.flavors, encode(l.previous_hash, 'hex') as previous_hash, encode(l.hash, 'hex') as hash`;

function toEntry(row: EntryRow): Entry {
  return {
    ledger: row.model_id,
    position: row.place,
    kind: KINDS[row.kind - 1] ?? 'found',
    name: row.name,
    previousName: row.previous_name,
    version: row.version,
    from: row.from_stage,
    to: row.to_stage,
    atMs: row.at_ms,
    actor: row.actor,
    comment: row.comment,
    runId: row.run_id,
    origin: {
      experimentId: row.experiment_id,
      gitCommit: row.git_commit,
      loggedModelId: row.logged_model_id,
      datasets: row.datasets,
    },
    source: row.source,
    contents: { digest: row.mlmodel_sha256, flavors: row.flavors },
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

/** The model that has the name now, and those that had it when they were deleted. */
export async function ledgersOf(db: Queryable, workspace: string, name: string): Promise<number[]> {
  const { rows } = await db.query<{ model_id: number }>({
    name: 'ledgers_of',
    text: `
      select model_id from registry.registered_model where workspace_id = $1 and name = $2
      union
      select model_id from registry.stage_ledger where workspace_id = $1 and name = $2 and kind = 6`,
    values: [workspace, name],
  });
  return rows.map(({ model_id }) => model_id);
}

/** Newest first, from behind the entry `before`; `last` is what to go on from. */
export async function listEntries(
  db: Queryable,
  workspace: string,
  ledgers: readonly number[],
  page: { readonly version: number | null; readonly before: number | null; readonly limit: number },
): Promise<Page<Entry> & { readonly last: number | undefined }> {
  const select = `
    select ${ENTRY_COLUMNS}, octet_length(l.source) + octet_length(l.comment) + octet_length(l.datasets) + 800 as bytes
    from registry.stage_ledger l
    where l.workspace_id = $1 and l.model_id = any($2::bigint[]) and ($3::integer is null or l.version = $3)
      and ($4::bigint is null or l.entry_id < $4)
    order by l.entry_id desc limit $5`;
  const values = [workspace, ledgers, page.version, page.before, page.limit + 1];
  const { items, more } = await readPage<EntryRow>(db, select, values, page.limit);
  return { items: items.map(toEntry), more, last: items.at(-1)?.entry_id };
}

/** In the order given. */
export async function entriesAt(
  db: Queryable,
  workspace: string,
  ledger: number,
  positions: readonly number[],
): Promise<Entry[]> {
  const { rows } = await db.query<EntryRow>({
    name: 'ledger_entries_at',
    text: `
      select ${ENTRY_COLUMNS}
      from unnest($3::integer[]) with ordinality as wanted (position, turn)
      join registry.stage_ledger l on l.workspace_id = $1 and l.model_id = $2 and l.position = wanted.position
      order by wanted.turn`,
    values: [workspace, ledger, positions],
  });
  return rows.map(toEntry);
}
