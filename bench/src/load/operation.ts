import type { Send } from './connection.ts';

/** What a client does again and again: one request, or a few that belong together. Throws `Failure`. */
export type Operation = (send: Send) => Promise<unknown>;
