import { type Api, openApi } from '../workloads/api.ts';
import { NotSeeded, type Seeded, type Workload } from '../workloads/workload.ts';
import { Failure } from './connection.ts';
import type { Operation } from './operation.ts';
import { playRound, type Round, type Target } from './round.ts';
import { type Summary, summarise } from './summary.ts';

export type Plan = {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** A request that is not answered by then has failed. */
  readonly timeoutMs: number;
  /** Instead of each workload's own number. */
  readonly clients: number | null;
  readonly seeded: Seeded;
};

export type Result = { readonly workload: string; readonly target: string } & (
  | { readonly measured: Summary; readonly moves: number | null }
  /** Why not. */
  | { readonly skipped: string }
);

type Contestant = { readonly target: Target; readonly operations: readonly Operation[]; readonly rounds: Round[] };

/** One workload on all targets, which take turns round by round; who is first changes with every round. */
export async function measure(
  name: string,
  workload: Workload,
  targets: readonly Target[],
  plan: Plan,
  progress: (text: string) => void,
): Promise<readonly Result[]> {
  const clients = plan.clients ?? workload.clients;
  const prepared = [];
  for (const target of targets) prepared.push(await prepare(workload, target, clients, plan));
  const contestants = prepared.filter((each) => 'rounds' in each);
  const warmUp = { seconds: plan.warmUpSeconds, timeoutMs: plan.timeoutMs };
  if (plan.warmUpSeconds > 0)
    for (const { target, operations } of contestants) await playRound(target, operations, warmUp);
  for (let round = 0; round < plan.rounds; round++) {
    for (const { target, operations, rounds } of rotated(contestants, round)) {
      const played = await playRound(target, operations, plan);
      rounds.push(played);
      progress(`${name}, ${target.name}, round ${round + 1}: ${played.rate.toPrecision(4)}/s`);
    }
  }
  return prepared.map((each) =>
    'rounds' in each
      ? {
          workload: name,
          target: each.target.name,
          moves: workload.moves ?? null,
          measured: summarise(clients, each.rounds),
        }
      : { workload: name, ...each },
  );
}

async function prepare(
  workload: Workload,
  target: Target,
  clients: number,
  { seeded }: Plan,
): Promise<Contestant | { readonly target: string; readonly skipped: string }> {
  if (target.files && workload.moves === undefined) return { target: target.name, skipped: 'it only has files' };
  const api: Api = openApi(target.url);
  try {
    return { target, operations: await workload.prepare(api, clients, seeded, target), rounds: [] };
  } catch (error) {
    if (error instanceof NotSeeded || error instanceof Failure) return { target: target.name, skipped: error.message };
    throw error;
  } finally {
    await api.close();
  }
}

function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const first = all.length === 0 ? 0 : by % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
