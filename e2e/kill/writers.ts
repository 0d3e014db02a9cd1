import type { Client } from './client.ts';
import * as requests from './requests.ts';

/** What exists before the writing starts. */
export type Ground = { readonly experimentId: string; readonly sharedRunId: string; readonly model: string };

type Writer = (client: Client, ground: Ground, until: AbortSignal) => Promise<void>;

const WRITES_PER_RUN = 40;
const KINDS = [
  ...Array<'metric'>(8).fill('metric'),
  ...Array<'batch'>(5).fill('batch'),
  ...Array<'shared'>(3).fill('shared'),
  ...Array<'tag'>(3).fill('tag'),
  ...Array<'update'>(3).fill('update'),
  'inputs',
] as const;

/** Makes run after run and writes to each; after a request of unknown outcome it leaves the run alone. */
export const writesRuns: Writer = async (client, ground, until) => {
  while (!until.aborted) {
    const created = await client.send(
      'runs/create',
      requests.createRun(ground.experimentId, client.name, client.next()),
    );
    if (created) await writesRun(client, ground, runIdOf(created), until);
  }
};

async function writesRun(client: Client, { sharedRunId }: Ground, runId: string, until: AbortSignal): Promise<void> {
  let ended = false;
  for (let left = client.random.whole(WRITES_PER_RUN); left > 0 && !until.aborted; left--) {
    const kind = client.random.pick(KINDS);
    const [path, request] = write(kind, client, { runId, ended }, sharedRunId);
    if (!(await client.send(path, request))) return;
    if (kind === 'update') ended = !ended;
  }
}

function write(kind: (typeof KINDS)[number], client: Client, run: requests.Known, sharedRunId: string) {
  const { random } = client;
  const number = client.next();
  switch (kind) {
    case 'metric':
      return ['runs/log-metric', requests.logMetric(run, random, number)] as const;
    case 'batch':
      return ['runs/log-batch', requests.logBatch(run, random, number)] as const;
    case 'shared':
      return ['runs/log-metric', requests.logShared(sharedRunId, random, clientNumber(client), number)] as const;
    case 'tag':
      return ['runs/set-tag', requests.setTag(run, random, number)] as const;
    case 'update':
      return ['runs/update', requests.updateRun(run, random, number)] as const;
    case 'inputs':
      return ['runs/log-inputs', requests.logInputs(run, random, number)] as const;
  }
}

/** Makes version after version of one model and moves each once. */
export const promotesVersions: Writer = async (client, { model }, until) => {
  while (!until.aborted) {
    const description = `${client.name} version ${client.next()}`;
    const made = { name: model, source: 's3://elsewhere/model', description };
    const created = await client.send('model-versions/create', made);
    if (!created) continue;
    const { version } = (created as { model_version: { version: string } }).model_version;
    await client.send('model-versions/transition-stage', { name: model, version, stage: 'Production' });
  }
};

const clientNumber = ({ name }: Client) => Number(/\d+/.exec(name)?.[0] ?? 0);

export function runIdOf(created: unknown): string {
  return (created as { run: { info: { run_id: string } } }).run.info.run_id;
}
