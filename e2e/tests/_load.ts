import type { Acknowledged } from './_acknowledged.ts';
import { type Answer, post } from './_api.ts';

/** Everything a writer needs: `ask` gives undefined once the server no longer answers, and then the writer ends. */
type Desk = {
  readonly ask: (path: string, body: unknown) => Promise<Answer['body'] | undefined>;
  readonly note: (...writes: readonly Acknowledged[]) => void;
};
type Writer = (desk: Desk, experimentId: string) => Promise<void>;

export type Load = {
  readonly acknowledged: readonly Acknowledged[];
  /** Answers other than success, and requests without an answer, before `expectTheEnd`. */
  readonly refused: readonly string[];
  /** Resolves when at least `count` writes of each kind are acknowledged, or the writers have ended. */
  readonly reach: (count: number) => Promise<void>;
  /** From now on the server may fail. Resolves when every writer has ended. */
  readonly expectTheEnd: () => { readonly ended: Promise<void> };
};

const KINDS = ['run', 'metric', 'param', 'tag', 'stage'] as const;

/** Writers that go on until the server is gone, two of each kind, and a journal of what they were told is kept. */
export async function startLoad(url: string, experimentId: string): Promise<Load> {
  const acknowledged: Acknowledged[] = [];
  const refused: string[] = [];
  const waiting = new Set<() => void>();
  let ending = false;
  const desk: Desk = {
    async ask(path, body) {
      const reply = await post(url, path, body).catch((error: unknown) => ({
        status: 0,
        body: { error: String(error) },
      }));
      if (reply.status === 200) return reply.body;
      if (!ending) refused.push(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      return undefined;
    },
    note(...writes) {
      acknowledged.push(...writes);
      for (const look of waiting) look();
    },
  };
  const writers = [createsRuns, logsMetrics, logsBatches, promotesVersions].flatMap((writer) => [writer, writer]);
  const ended = Promise.all(writers.map((writer) => writer(desk, experimentId))).then(() => {});
  const counted = (kind: string) => acknowledged.reduce((sum, write) => sum + Number(write.kind === kind), 0);
  return {
    acknowledged,
    refused,
    async reach(count) {
      const reached = new Promise<void>((resolve) => {
        waiting.add(() => KINDS.every((kind) => counted(kind) >= count) && resolve());
      });
      await Promise.race([reached, ended]);
    },
    expectTheEnd() {
      ending = true;
      return { ended };
    },
  };
}

async function createRun({ ask, note }: Desk, experimentId: string): Promise<string | undefined> {
  const name = `run ${crypto.randomUUID()}`;
  const body = await ask('runs/create', { experiment_id: experimentId, run_name: name, start_time: Date.now() });
  if (!body) return undefined;
  const runId = (body as { run: { info: { run_id: string } } }).run.info.run_id;
  note({ kind: 'run', runId, name });
  return runId;
}

const createsRuns: Writer = async (desk, experimentId) => {
  while (await createRun(desk, experimentId));
};

const logsMetrics: Writer = async (desk, experimentId) => {
  const runId = await createRun(desk, experimentId);
  for (let step = 0; runId; step++) {
    const point = { key: 'loss', value: 1 / (step + 1), step };
    if (!(await desk.ask('runs/log-metric', { run_id: runId, timestamp: Date.now(), ...point }))) return;
    desk.note({ kind: 'metric', runId, ...point });
  }
};

const logsBatches: Writer = async (desk, experimentId) => {
  const runId = await createRun(desk, experimentId);
  for (let step = 0; runId; step++) {
    const points = ['a', 'b', 'c'].map((key) => ({ key, value: step + 0.25, step }));
    const pair = { key: `number ${step}`, value: `value ${step}` };
    const metrics = points.map((point) => ({ ...point, timestamp: Date.now() }));
    if (!(await desk.ask('runs/log-batch', { run_id: runId, metrics, params: [pair], tags: [pair] }))) return;
    desk.note(...points.map((point) => ({ kind: 'metric', runId, ...point }) as const));
    desk.note({ kind: 'param', runId, ...pair }, { kind: 'tag', runId, ...pair });
  }
};

/** Every version is moved once, so that what was acknowledged of it stays true. */
const promotesVersions: Writer = async ({ ask, note }) => {
  const model = `model ${crypto.randomUUID()}`;
  let going = await ask('registered-models/create', { name: model });
  while (going) {
    const created = await ask('model-versions/create', { name: model, source: 's3://elsewhere/model' });
    if (!created) return;
    const { version } = (created as { model_version: { version: string } }).model_version;
    going = await ask('model-versions/transition-stage', { name: model, version, stage: 'Production' });
    if (going) note({ kind: 'stage', model, version, stage: 'Production' });
  }
};
