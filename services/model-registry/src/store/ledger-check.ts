import type { Queryable } from '@millrace/platform/postgres';

export type LedgerState = {
  readonly entries: number;
  /** The first position that is missing or does not fit; null: none. */
  readonly brokenAt: number | null;
  readonly lastHash: string;
};

/** Recomputes every hash of a ledger. */
export async function checkLedger(db: Queryable, workspace: string, ledger: number): Promise<LedgerState> {
  const { rows } = await db.query<LedgerState>({
    name: 'check_ledger',
    text: `
      with entry as (
        select l.position, row_number() over (order by l.position) as place, l.hash, l.previous_hash,
          coalesce(lag(l.hash) over (order by l.position), decode(repeat('00', 32), 'hex')) as hash_before,
          registry.ledger_hash(l) as right_hash
        from registry.stage_ledger l where l.workspace_id = $1 and l.model_id = $2)
      select count(*) as entries,
        min(place) filter (where place <> position or hash <> right_hash or previous_hash <> hash_before) as "brokenAt",
        coalesce(encode((array_agg(hash order by position desc))[1], 'hex'), '') as "lastHash"
      from entry`,
    values: [workspace, ledger],
  });
  return rows[0] ?? { entries: 0, brokenAt: null, lastHash: '' };
}
