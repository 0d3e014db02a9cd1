import type { Queryable } from '@millrace/platform/postgres';

export type DeliveryState = {
  readonly pending: number;
  readonly oldestSeconds: number;
  readonly failing: number;
  readonly paused: number;
  readonly disabled: number;
};

/** Of all workspaces. Deliveries are counted up to 100,000. */
export async function deliveryState(db: Queryable): Promise<DeliveryState> {
  const { rows } = await db.query<DeliveryState>({
    name: 'webhook_state',
    text: `
      with pending as (select due_at from registry.webhook_delivery where state = 1 limit 100000)
      select (select count(*) from pending) as pending,
        coalesce((select greatest(0, extract(epoch from now() - min(due_at)))::float8 from pending), 0) as "oldestSeconds",
        count(*) filter (where e.failures > 0) as failing,
        count(*) filter (where e.closed_until > now()) as paused,
        count(*) filter (where not w.active and w.disabled_reason is not null) as disabled
      from registry.webhook_endpoint e join registry.webhook w on w.webhook_id = e.webhook_id
      where w.deleted_ms is null`,
  });
  return rows[0] ?? { pending: 0, oldestSeconds: 0, failing: 0, paused: 0, disabled: 0 };
}
