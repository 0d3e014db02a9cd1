import { post } from '../api.ts';
import { openClient } from './client.ts';
import { openJournal } from './journal.ts';
import { randomOf } from './random.ts';
import { type Ground, promotesVersions, runIdOf, writesRuns } from './writers.ts';

const RUN_WRITERS = 10;

export type Fleet = {
  readonly acknowledged: () => number;
  /** Each client finishes the request it has under way, however often that must be repeated. */
  readonly finish: () => Promise<void>;
};

/** Clients whose requests the seed decides, each with a journal of its own in the folder. */
export async function startFleet(url: string, folder: string, seed: number): Promise<Fleet> {
  const ground = await layGround(url);
  const stopping = new AbortController();
  let acknowledged = 0;
  const start = async (name: string, i: number, writer: typeof writesRuns) => {
    const journal = await openJournal(folder, name);
    const client = openClient(name, { url, journal, random: randomOf(seed, i), onAcknowledged: () => acknowledged++ });
    await writer(client, ground, stopping.signal).finally(() => journal.close());
  };
  const clients = Array.from({ length: RUN_WRITERS }, (_, i) => start(`client-${i + 1}`, i + 1, writesRuns));
  clients.push(start('promoter', 0, promotesVersions));
  const ended = Promise.all(clients);
  ended.catch(() => stopping.abort());
  return {
    acknowledged: () => acknowledged,
    async finish() {
      stopping.abort();
      await ended;
    },
  };
}

async function layGround(url: string): Promise<Ground> {
  const ask = async (path: string, body: unknown) => {
    const answer = await post(url, path, body);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { experiment_id: experimentId } = (await ask('experiments/create', { name: 'kill' })) as Record<string, string>;
  const shared = await ask('runs/create', { experiment_id: experimentId, run_name: SHARED_RUN });
  await ask('registered-models/create', { name: MODEL });
  return { experimentId: String(experimentId), sharedRunId: runIdOf(shared), model: MODEL };
}

export const SHARED_RUN = 'shared by all clients';
const MODEL = 'model';
