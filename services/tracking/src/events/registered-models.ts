import type { CloudEvent, EventConsumer } from '@millrace/platform/events/cloud-event';
import { handleOnce } from '@millrace/platform/outbox/inbox';
import type { Pool } from '@millrace/platform/postgres';
import { z } from 'zod';
import { markModel, markRun } from '../domain/registered-versions.ts';

const GROUP = 'millrace-tracking';
const VERSION_CREATED = 'io.millrace.model_version.created.v1';

/** Versions of what nobody logged here have neither `model_id` nor `run_id`, or empty ones. */
const VersionCreated = z.object({
  workspace: z.string(),
  model: z.string(),
  version: z.coerce.number().int().positive(),
  model_id: z.string().default(''),
  run_id: z.string().default(''),
});

/** Tells runs and logged models under which names and versions they have been registered. */
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
  const { workspace, model, version, model_id: modelId, run_id: runId } = created.data;
  if (modelId === '' && runId === '') return;
  await handleOnce(pool, { schema: 'tracking', consumer: GROUP, eventId: id }, async (tx) => {
    if (runId !== '') await markRun(tx, workspace, runId, { name: model, version });
    if (modelId !== '') await markModel(tx, workspace, modelId, { name: model, version });
  });
}
