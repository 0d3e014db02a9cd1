import type { Queryable } from '@millrace/platform/postgres';
import type { Stage } from './stages.ts';

/** The model that had the name at a time; undefined when none had, or none that had ever had a version. */
export async function ledgerNamed(
  db: Queryable,
  workspace: string,
  name: string,
  atMs: number,
): Promise<number | undefined> {
  const { rows } = await db.query<{ model_id: number; here: boolean }>({
    name: 'ledger_named',
    text: `
      select model_id, kind <> 6 and name = $2 as here from registry.stage_ledger
      where workspace_id = $1 and (name = $2 or (kind = 5 and previous_name = $2)) and at_ms <= $3
      order by at_ms desc, entry_id desc limit 1`,
    values: [workspace, name, atMs],
  });
  return rows[0]?.here ? rows[0].model_id : undefined;
}

/** The positions of the entries that brought a stage's holders of a time there, highest version first. */
export async function holdersAt(
  db: Queryable,
  workspace: string,
  ledger: number,
  stage: Stage,
  atMs: number,
): Promise<number[]> {
  const { rows } = await db.query<{ position: number }>({
    name: 'holders_at',
    text: `
      select came.position
      from (
        select distinct l.version from registry.stage_ledger l
        where l.workspace_id = $1 and l.model_id = $2 and l.to_stage = $3 and l.kind in (1, 2, 3, 7) and l.at_ms <= $4) as ever
      cross join lateral (
        select l.position, l.to_stage, l.kind from registry.stage_ledger l
        where l.workspace_id = $1 and l.model_id = $2 and l.version = ever.version and l.at_ms <= $4 and l.kind <> 8
        order by l.position desc limit 1) as came
      where came.to_stage = $3 and came.kind <> 4
      order by ever.version desc`,
    values: [workspace, ledger, stage, atMs],
  });
  return rows.map(({ position }) => position);
}

export type EarlierHolder = { readonly version: number; readonly position: number };

/**
 * Whom a rollback gives the stage to: the living version that held it before the newest holder, as if what rollbacks have taken
 * back had never been; the newest holder itself where it is no longer in the stage. Undefined when there is none.
 */
export async function findEarlierHolder(
  tx: Queryable,
  workspace: string,
  model: number,
  stage: Stage,
): Promise<EarlierHolder | undefined> {
  const entered = `
    select l.position, l.version, coalesce(l.restores, l.position) as gained from registry.stage_ledger l
    where l.workspace_id = $1 and l.model_id = $2 and l.to_stage = $3 and l.kind in (2, 3, 7)`;
  const { rows } = await tx.query<EarlierHolder>({
    name: 'find_earlier_holder',
    text: `
      with recursive held as (
        (${entered} order by l.position desc limit 1)
        union all
        select before.* from held cross join lateral (
          ${entered} and l.position < held.gained order by l.position desc limit 1) as before),
      newest as (
        select held.version from held join registry.model_version v
          on v.workspace_id = $1 and v.model_id = $2 and v.version = held.version and v.stage = $3 and v.deleted_ms is null
        order by held.position desc limit 1)
      select held.version, held.gained as position
      from held join registry.model_version v
        on v.workspace_id = $1 and v.model_id = $2 and v.version = held.version and v.deleted_ms is null
      where held.version is distinct from (select version from newest)
      order by held.position desc limit 1`,
    values: [workspace, model, stage],
  });
  return rows[0];
}
