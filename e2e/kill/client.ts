import { setTimeout as sleep } from 'node:timers/promises';
import { type Body, post } from '../api.ts';
import type { Journal, Reply } from './journal.ts';
import type { Random } from './random.ts';

/** Longer than any recovery here by far: a request that waits longer is lost in the server. */
export const PATIENCE_MS = 60_000;
const LONGEST_PAUSE_MS = 400;
const ABANDONED = 0.03;

export type Client = {
  readonly name: string;
  readonly random: Random;
  /** Undefined when the client died meanwhile or was refused: then nobody knows what became of the request. */
  readonly send: (path: string, request: Body) => Promise<Body | undefined>;
  /** A number that no request of this client had before. */
  readonly next: () => number;
};

type Desk = {
  readonly url: string;
  readonly journal: Journal;
  readonly random: Random;
  readonly onAcknowledged: () => void;
};

/**
 * Sends the same request again on 429, 5xx and lost connections, as MLflow's client does, but sooner and for longer. Now and
 * then it dies with a request under way, which is then never repeated.
 */
export function openClient(name: string, { url, journal, random, onAcknowledged }: Desk): Client {
  let count = 0;
  return {
    name,
    random,
    next: () => ++count,
    async send(path, request) {
      const id = `${name}.${++count}`;
      await journal.send(id, path, request);
      const diesAfterMs = random.chance(ABANDONED) ? random.whole(12) : undefined;
      const deadline = Date.now() + PATIENCE_MS;
      for (let attempt = 0; Date.now() < deadline; attempt++) {
        const reply = await ask(url, path, request, diesAfterMs);
        const dies = diesAfterMs !== undefined && !isSuccess(reply);
        await journal.reply(id, dies ? { ...reply, why: DIED } : reply);
        if (isSuccess(reply)) {
          onAcknowledged();
          return reply.body;
        }
        if (dies || !isWorthRepeating(reply)) return undefined;
        await sleep(Math.min(20 * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + random.fraction()));
      }
      return undefined;
    },
  };
}

async function ask(url: string, path: string, request: Body, diesAfterMs = PATIENCE_MS): Promise<Reply> {
  try {
    const { status, headers, body } = await post(url, path, request, AbortSignal.timeout(diesAfterMs));
    const retryAfter = headers.get('retry-after');
    return { status, ...(retryAfter !== null && { retryAfter }), body };
  } catch (error) {
    return { status: 0, why: reason(error) };
  }
}

const isSuccess = ({ status }: Reply) => status >= 200 && status < 300;
export const isWorthRepeating = ({ status }: Reply) => status === 0 || status === 429 || status >= 500;

/** Fetch says only that it failed; what is beneath knows why. */
function reason(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return name === 'TimeoutError' ? NO_ANSWER : (cause?.code ?? String(error));
}

export const NO_ANSWER = 'no answer in time';
export const DIED = 'the client died';
