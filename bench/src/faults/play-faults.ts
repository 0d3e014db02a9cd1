import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileClient } from '../files/file-client.ts';
import { Failure } from '../load/connection.ts';
import type { Target } from '../load/round.ts';
import { forgetPeaks, readUsage } from '../processes/usage.ts';

/** What can go wrong for one upload. The first four are the store's doing. */
export const TROUBLES = ['slow-down-30', 'slow-down', 'hang', 'trickle', 'gone'] as const;
export type Trouble = (typeof TROUBLES)[number];

const HEALTHY = 4;
const TROUBLED = 32;
const BYTES = 20_000_000;
/** Little, so that it is not by their bytes that they are felt. */
const TROUBLED_BYTES = 200_000;
/** As clients wait before they try again. */
const PAUSE_MS = 1_000;
const AT = '/api/2.0/mlflow-artifacts/artifacts/1/faults';

export type Played = {
  /** Of uploads that nothing is wrong with, per second. */
  readonly rate: number;
  readonly failed: number;
  readonly memoryMb: number | null;
  /** The answers that the others got. */
  readonly troubled: ReadonlyMap<string, number>;
};

/** Uploads for some seconds; beside them, if any, many that are in trouble. */
export async function playFaults(
  { url, pids }: Target,
  trouble: Trouble | undefined,
  seconds: number,
): Promise<Played> {
  forgetPeaks(pids);
  const [answers, leave] = [new Map<string, number>(), new AbortController()];
  const troubled = trouble
    ? Array.from({ length: TROUBLED }, (_, i) => suffer(url, trouble, i, answers, leave.signal))
    : [];
  if (trouble) await sleep(1_000); // until all of them are in it
  const begin = performance.now();
  const over = () => performance.now() - begin > seconds * 1000;
  const healthy = Array.from({ length: HEALTHY }, (_, i) => upload(url, i, over));
  const done = await Promise.all(healthy);
  leave.abort();
  await Promise.all(troubled);
  return {
    rate: done.reduce((sum, { rate }) => sum + rate, 0),
    failed: done.reduce((sum, { failed }) => sum + failed, 0),
    memoryMb: readUsage(pids)?.server.memoryMb ?? null,
    troubled: answers,
  };
}

async function upload(url: string, number: number, over: () => boolean) {
  const [client, begin] = [fileClient(url), performance.now()];
  let [finished, failed] = [0, 0];
  while (!over()) {
    try {
      await client.put(`${AT}/healthy-${number}`, BYTES);
      finished++;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed++;
    }
  }
  return { rate: finished / ((performance.now() - begin) / 1000), failed };
}

/** One client in trouble that tries again and again; at the end it leaves whatever it waits for. */
async function suffer(url: string, trouble: Trouble, number: number, answers: Map<string, number>, leave: AbortSignal) {
  await sleep((number / TROUBLED) * PAUSE_MS);
  while (!leave.aborted) {
    const answer = await (trouble === 'gone' ? goneAfterHalf(url, number) : attempt(url, trouble, number, leave));
    if (answer) answers.set(answer, (answers.get(answer) ?? 0) + 1);
    await sleep(PAUSE_MS, undefined, { signal: leave }).catch(() => {});
  }
}

async function attempt(
  url: string,
  trouble: Trouble,
  number: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const body = Buffer.alloc(TROUBLED_BYTES);
  try {
    const answer = await fetch(`${url}${AT}/fault=${trouble}/${number}`, { method: 'PUT', body, signal });
    await answer.arrayBuffer();
    const again = answer.headers.get('retry-after');
    return `${answer.status}${again === null ? '' : ' with Retry-After'}`;
  } catch (error) {
    return signal.aborted ? undefined : (error as Error).name;
  }
}

function goneAfterHalf(url: string, number: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { 'content-length': TROUBLED_BYTES };
    const sending = request(`${url}${AT}/gone-${number}`, { method: 'PUT', headers, agent: false });
    sending.on('error', () => {});
    sending.on('close', () => resolve('left'));
    sending.write(Buffer.alloc(TROUBLED_BYTES / 2), () => sending.destroy());
  });
}
