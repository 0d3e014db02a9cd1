import type { CloudEvent, EventConsumer } from '@millrace/platform/events/cloud-event';
import { handleOnce } from '@millrace/platform/outbox/inbox';
import type { Pool } from '@millrace/platform/postgres';
import { z } from 'zod';
import { type Gone, ownDirectory } from '../domain/own-directory.ts';
import { insertDoomed } from '../store/doomed.ts';
import { SCHEMA } from './announce.ts';

const GROUP = 'millrace-artifact-proxy';

const Run = z.object({ workspace: z.string(), run_id: z.string().min(1), artifact_uri: z.string() });
const Model = z.object({ workspace: z.string(), model_id: z.string().min(1), artifact_uri: z.string() });
const Experiment = z.object({
  workspace: z.string(),
  experiment_id: z.string().min(1),
  artifact_location: z.string(),
});

/** Hears whose artifacts nobody can ask for any more, and notes where they are; `noted` is called behind each. */
export async function subscribeToTracking(
  consumer: EventConsumer,
  pool: Pool,
  addressOf: (key: string) => string,
  noted: () => void,
): Promise<void> {
  await consumer.subscribe({
    group: GROUP,
    topic: 'millrace.tracking.events',
    async handle(event) {
      const gone = goneBy(event);
      const directory = gone && ownDirectory(gone, addressOf);
      if (!directory) return;
      const once = { schema: SCHEMA, consumer: GROUP, eventId: event.id };
      await handleOnce(pool, once, (tx) => insertDoomed(tx, directory));
      noted();
    },
  });
}

function goneBy({ type, data }: CloudEvent): Gone | undefined {
  switch (type) {
    case 'io.millrace.run.purged.v1': {
      const { data: run } = Run.safeParse(data);
      return run && { type: 'run', id: run.run_id, uri: run.artifact_uri, workspace: run.workspace };
    }
    case 'io.millrace.logged_model.deleted.v1': {
      const { data: model } = Model.safeParse(data);
      return model && { type: 'model', id: model.model_id, uri: model.artifact_uri, workspace: model.workspace };
    }
    case 'io.millrace.experiment.purged.v1': {
      const { data: found } = Experiment.safeParse(data);
      const { experiment_id: id, artifact_location: uri, workspace } = found ?? {};
      return id && uri && workspace ? { type: 'experiment', id, uri, workspace } : undefined;
    }
    default:
      return undefined;
  }
}
