import { Level } from '@millrace/proto/options/v1/options';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Authorize } from '../contract/permissions.ts';
import { InvalidParameterError, NotFoundError } from '../errors.ts';
import { contextOf } from '../http/call-context.ts';
import { otherVerbs } from '../http/other-verbs.ts';
import type { Pool } from '../postgres.ts';
import { readOffset, writeOffset } from '../search/page-token.ts';
import { type Chosen, type DeadEvent, discardDead, listDead, replayDead } from './dead-letters.ts';
import { outboxState } from './outbox-state.ts';

export type OutboxDesk = {
  readonly schema: string;
  readonly service: string;
  readonly pool: Pool;
  readonly wake: () => void;
  readonly authorize: Authorize;
};

const MAX_PAGE = 1_000;

/** For operators: how far the outbox of a service is behind, and what becomes of events that could not be published. */
export function outboxRouter({ schema, service, pool, wake, authorize }: OutboxDesk): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const base = `/api/1.0/outboxes/${service}`;
  const guarded = (work: (req: Request) => Promise<object>) => async (req: Request, res: Response) => {
    await authorize({ type: 'place', on: 'SERVER', level: Level.MANAGE }, contextOf(res));
    res.json(await work(req));
  };
  const get = (path: string, work: (req: Request) => Promise<object>) =>
    router
      .route(base + path)
      .get(guarded(work))
      .all(otherVerbs('GET'));
  const post = (path: string, work: (req: Request) => Promise<object>) =>
    router
      .route(base + path)
      .post(express.json({ limit: '16kb' }), guarded(work))
      .all(otherVerbs('POST'));

  get('', async () => {
    const { waiting, oldestAgeMs, dead } = await outboxState(pool, schema);
    return { waiting, oldest_age_ms: oldestAgeMs, dead };
  });
  get('/dead', async ({ query }) => {
    const after = readOffset(text(query['page_token']));
    const events = await listDead(pool, schema, after, MAX_PAGE);
    const last = events.length === MAX_PAGE ? events.at(-1) : undefined;
    return { events: events.map(shown), ...(last && { next_page_token: writeOffset(last.id) }) };
  });
  post('/dead/replay', async ({ body }) => {
    const replayed = await replayDead(pool, schema, chosen(body));
    wake();
    return { replayed };
  });
  post('/dead/discard', async ({ body }) => {
    const { event_id: eventId } = parse(Discard, body);
    if (!(await discardDead(pool, schema, eventId))) throw new NotFoundError(`No dead event with id ${eventId}`);
    wake();
    return {};
  });
  return router;
}

const Discard = z.strictObject({ event_id: z.uuid() });
const Replay = z.union([Discard, z.strictObject({ key: z.string().min(1) }), z.strictObject({ all: z.literal(true) })]);

function chosen(body: unknown): Chosen {
  const asked = parse(Replay, body);
  if ('event_id' in asked) return { by: 'event', eventId: asked.event_id };
  return 'key' in asked ? { by: 'key', key: asked.key } : { by: 'all' };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new InvalidParameterError(`The body must have one of 'event_id', 'key' and 'all', as this path takes it`);
}

function shown({ id: _, ...event }: DeadEvent) {
  return { ...event, reason: event.reason ?? 'waits behind an event of its key' };
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
