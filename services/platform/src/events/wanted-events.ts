import type { CloudEvent } from './cloud-event.ts';
import type { Cursor } from './cursor.ts';
import type { EventReader } from './event-reader.ts';

/** What one caller has asked for. */
export type WantedEvents = {
  readonly reader: EventReader;
  readonly topics: readonly string[];
  readonly after: Cursor | 'earliest' | 'latest';
  readonly accepts: (event: CloudEvent) => boolean;
  /** Ends when the caller goes away or the server stops. */
  readonly signal: AbortSignal;
};
