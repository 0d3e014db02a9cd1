import type { CloudEvent } from './cloud-event.ts';
import type { Cursor } from './cursor.ts';

export type Following = {
  readonly topics: readonly string[];
  readonly after: Cursor | 'earliest' | 'latest';
  readonly signal: AbortSignal;
  /** Called one at a time, in order per key; the cursor is that behind the event. Nothing is read ahead of it without bound. */
  readonly deliver: (event: CloudEvent, cursor: Cursor) => Promise<void>;
  /** Called, perhaps often, when everything that was there has been delivered. */
  readonly caughtUp: (cursor: Cursor) => void;
};

/** Reads events from any position, for somebody who keeps the position. */
export type EventReader = {
  /** Resolves when the signal ends; rejects when it cannot go on. */
  readonly follow: (following: Following) => Promise<void>;
};
