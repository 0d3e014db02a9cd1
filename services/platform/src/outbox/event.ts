import { v7 as uuidv7 } from 'uuid';
import type { Context } from '../contract/context.ts';
import type { EventType } from '../events/event-type.ts';

/** A fact to announce; `data` is what the message of its type in the contract says. */
export type NewEvent = {
  readonly type: EventType;
  /** Events of one key stay in order; lock what the key names before writing the event. */
  readonly key: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type OutboxRow = NewEvent & {
  readonly id: string;
  readonly workspace: string;
  readonly traceparent: string | null;
};

/** Gives the event its id, workspace and actor; the row still has to be written with the change. */
export function outboxRow(event: NewEvent, { workspace, actor, traceparent }: EventContext): OutboxRow {
  const data = { event: event.type, workspace, actor, ...event.data };
  return { ...event, data, id: uuidv7(), workspace, traceparent: traceparent ?? null };
}

/** The part of a call's context that goes into its events. */
export type EventContext = Pick<Context, 'workspace' | 'actor'> & { readonly traceparent?: string | undefined };
