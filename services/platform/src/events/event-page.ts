import type { ServerResponse } from 'node:http';
import { UnavailableError } from '../errors.ts';
import { sendJson } from '../http/respond.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Cursor } from './cursor.ts';
import type { WantedEvents } from './wanted-events.ts';

const MAX_BYTES = 8 * 2 ** 20;

/** What there is behind `after`, at most `limit`, and the cursor behind it. Waits for the first where there is nothing yet. */
export async function sendPage(
  res: ServerResponse,
  { reader, topics, after, accepts, signal }: WantedEvents,
  { limit, waitMs }: { readonly limit: number; readonly waitMs: number },
): Promise<void> {
  const done = new AbortController();
  const events: CloudEvent[] = [];
  let bytes = 0;
  let reached: Cursor | undefined;
  let waited = waitMs === 0;
  const timer = setTimeout(() => {
    waited = true;
    if (reached) done.abort();
  }, waitMs);
  try {
    await reader.follow({
      topics,
      after,
      signal: AbortSignal.any([signal, done.signal]),
      caughtUp(cursor) {
        reached = cursor;
        if (waited || events.length > 0) done.abort();
      },
      async deliver(event, cursor) {
        reached = cursor;
        if (accepts(event)) {
          events.push(event);
          bytes += JSON.stringify(event).length;
        }
        if (events.length < limit && bytes < MAX_BYTES) return;
        done.abort();
      },
    });
  } finally {
    clearTimeout(timer);
  }
  if (!reached) throw new UnavailableError('The server is stopping. Try again.');
  sendJson(res, 200, JSON.stringify({ events, cursor: String(reached) }));
}
