import type { CloudEvent, EventConsumer } from '@millrace/platform/events/cloud-event';
import { handleOnce } from '@millrace/platform/outbox/inbox';
import type { Pool } from '@millrace/platform/postgres';
import { z } from 'zod';
import { markRegistered } from '../domain/logged-model-versions.ts';

const GROUP = 'millrace-tracking';
const VERSION_CREATED = 'io.millrace.model_version.created.v1';

/** Versions of models that nobody logged here have no `model_id`, or an empty one. */
const VersionCreated = z.object({
  workspace: z.string(),
  model: z.string(),
  version: z.coerce.number().int().positive(),
  model_id: z.string().min(1),
});

/** Tells logged models under which names and versions they have been registered. */
export async function subscribeToRegistry(consumer: EventConsumer, pool: Pool): Promise<void> {
  await consumer.subscribe({
    group: GROUP,
    topic: 'millrace.registry.events',
    handle: (event) => handle(pool, event),
  });
}

async function handle(pool: Pool, { id, type, data }: CloudEvent): Promise<void> {
  if (type !== VERSION_CREATED) return;
  const created = VersionCreated.safeParse(data);
  if (!created.success) return;
  const { workspace, model, version, model_id: modelId } = created.data;
  await handleOnce(pool, { schema: 'tracking', consumer: GROUP, eventId: id }, (tx) =>
    markRegistered(tx, workspace, modelId, { name: model, version }),
  );
}
