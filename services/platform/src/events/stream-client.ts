import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import type { CloudEvent } from './cloud-event.ts';
import { untilDone } from './retry.ts';
import { serverSentEvents } from './server-sent-events.ts';

export type StreamToFollow = {
  readonly url: string;
  readonly types: readonly string[];
  readonly since: string;
  readonly saved?: (cursor: string) => Promise<void> | void;
  readonly headers?: Readonly<Record<string, string>>;
  readonly handle: (event: CloudEvent) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly log: Logger;
};

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;
/** The server gives a sign of life every 15 s. */
const SILENCE_MS = 45_000;

/** Reads on where it was after every interruption. Rejects when the server says that it never will be allowed to. */
export async function followStream(stream: StreamToFollow): Promise<void> {
  const { stopping, log } = stream;
  let cursor = stream.since;
  let waitMs = FIRST_RETRY_MS;
  while (!stopping.aborted) {
    try {
      await readOnce(stream, cursor, (reached) => {
        cursor = reached;
        waitMs = FIRST_RETRY_MS;
      });
    } catch (err) {
      if (err instanceof StreamRefusedError) throw err;
      if (!stopping.aborted) log.warn({ err, retryInMs: waitMs }, 'the stream of events was interrupted');
    }
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => {});
    waitMs = Math.min(waitMs * 2, MAX_RETRY_MS);
  }
}

/** What was asked for is wrong or not allowed. */
export class StreamRefusedError extends Error {
  override readonly name = 'StreamRefusedError';
}

async function readOnce(stream: StreamToFollow, after: string, reach: (cursor: string) => void): Promise<void> {
  const { url, types, headers, handle, saved, stopping, log } = stream;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('the stream fell silent')), SILENCE_MS);
  const signal = AbortSignal.any([stopping, silence.signal]);
  try {
    const query = new URLSearchParams({ after, types: types.join(',') });
    const response = await fetch(`${url}/api/1.0/events?${query}`, {
      headers: { ...headers, accept: 'text/event-stream' },
      signal,
    });
    await refuse(response);
    for await (const { id, data } of serverSentEvents(response, () => timer.refresh())) {
      if (data !== '') {
        const event = JSON.parse(data) as CloudEvent;
        await untilDone(
          () => handle(event),
          stopping,
          (err, retryInMs) => {
            timer.refresh();
            log.warn({ err, event: event.id, retryInMs }, 'an event could not be handled');
          },
        );
      }
      if (stopping.aborted) return;
      if (id === '') continue;
      reach(id);
      await saved?.(id);
    }
  } finally {
    clearTimeout(timer);
  }
}

async function refuse(response: Response): Promise<void> {
  if (response.ok) return;
  const text = `${response.status}: ${await response.text()}`;
  const passes = response.status >= 500 || response.status === 429 || response.status === 408;
  throw passes ? new Error(text) : new StreamRefusedError(text);
}
