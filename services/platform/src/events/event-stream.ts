import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Cursor } from './cursor.ts';
import type { WantedEvents } from './wanted-events.ts';

const HEARTBEAT_MS = 15_000;

/**
 * Server-sent events: `id` is the cursor to go on from, `event` the type, `data` the event. Reads no further than the caller
 * takes. What stays silent for 15 s sends a sign of life, with the cursor where events have passed that are not for the caller.
 */
export async function sendStream(
  res: ServerResponse,
  { reader, topics, after, accepts, signal }: WantedEvents,
): Promise<void> {
  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  res.write('retry: 2000\n\n');
  let passed: Cursor | undefined;
  const beat = setInterval(() => {
    if (!res.writableNeedDrain) res.write(passed ? `id: ${String(passed)}\n\n` : ':\n\n');
    passed = undefined;
  }, HEARTBEAT_MS);
  try {
    await reader.follow({
      topics,
      after,
      signal,
      caughtUp: () => {},
      async deliver(event, cursor) {
        passed = accepts(event) ? undefined : cursor;
        if (passed) return;
        const taken = res.write(`id: ${String(cursor)}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
        if (!taken) await once(res, 'drain', { signal }).catch(() => {});
      },
    });
  } finally {
    clearInterval(beat);
    res.end();
  }
}
