import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { InvalidParameterError, LimitExceededError } from '../errors.ts';
import { contextOf } from '../http/call-context.ts';
import { otherVerbs } from '../http/other-verbs.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { CloudEvent } from './cloud-event.ts';
import { Cursor } from './cursor.ts';
import { sendPage } from './event-page.ts';
import type { EventReader } from './event-reader.ts';
import { sendStream } from './event-stream.ts';
import { cloudEventType } from './event-type.ts';
import type { WantedEvents } from './wanted-events.ts';

export type EventStreamOptions = {
  readonly reader: EventReader;
  readonly topics: readonly string[];
  /** All that can be asked for, as they stand in `type` of an event. */
  readonly types: readonly string[];
  /** Which events of its workspace a caller may see; throws to let it see none. */
  readonly mayRead: (context: Context) => Promise<(event: CloudEvent) => boolean>;
  readonly lifecycle: Lifecycle;
  /** How many may read at once. */
  readonly maxReaders?: number;
};

const Query = z.object({
  after: z.string().optional(),
  types: z.string().default(''),
  workspace: z.string().optional(),
  max_results: z.coerce.number().int().min(1).max(1_000).default(100),
  wait_seconds: z.coerce.number().int().min(0).max(20).default(0),
});

/** `GET /api/1.0/events`: a stream of server-sent events for those who accept one, a page of JSON for the others. */
export function eventStreamRouter(options: EventStreamOptions): Router {
  const { maxReaders = 100 } = options;
  let readers = 0;
  const router = express.Router({ strict: true, caseSensitive: true });
  const answer = async (req: Request, res: Response) => {
    const query = parseQuery(req.query);
    const wanted = await wantedBy(options, req, res, query);
    if (readers >= maxReaders) {
      throw new LimitExceededError('Too many readers of events. Try again.', { retryAfterSeconds: 5 });
    }
    readers++;
    try {
      if (req.accepts(['application/json', 'text/event-stream']) === 'text/event-stream') await sendStream(res, wanted);
      else await sendPage(res, wanted, { limit: query.max_results, waitMs: query.wait_seconds * 1_000 });
    } finally {
      readers--;
    }
  };
  return router.use(
    express
      .Router({ strict: true, caseSensitive: true })
      .get('/api/1.0/events', answer)
      .all('/api/1.0/events', otherVerbs('GET')),
  );
}

type Asked = z.infer<typeof Query>;

function parseQuery(query: unknown): Asked {
  const parsed = Query.safeParse(query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InvalidParameterError(`'${issue?.path.join('.') ?? 'query'}': ${issue?.message ?? 'invalid'}`);
}

async function wantedBy(options: EventStreamOptions, req: Request, res: Response, query: Asked): Promise<WantedEvents> {
  const context = contextOf(res);
  const { workspace } = context;
  if (query.workspace !== undefined && query.workspace !== workspace) {
    throw new InvalidParameterError(`'workspace': events of ${query.workspace} are read by asking in that workspace`);
  }
  const types = typesOf(query.types, options.types);
  const mayRead = await options.mayRead(context);
  const source = `/workspaces/${workspace}/`;
  return {
    reader: options.reader,
    topics: options.topics,
    after: start(req.get('last-event-id') || query.after),
    accepts: (event) => event.source.startsWith(source) && types.has(event.type) && mayRead(event),
    signal: AbortSignal.any([context.signal, options.lifecycle.stopping]),
  };
}

function start(after: string | undefined): WantedEvents['after'] {
  if (after === undefined || after === '' || after === 'latest') return 'latest';
  return after === 'earliest' ? after : Cursor.parse(after);
}

/** Short names and whole ones; all, where none is given. */
function typesOf(text: string, known: readonly string[]): ReadonlySet<string> {
  const asked = text.split(',').filter(Boolean);
  const types = asked.map((name) => (known.includes(name) ? name : cloudEventType(name)));
  const unknown = asked.find((_, at) => !known.includes(types[at] ?? ''));
  if (unknown !== undefined) throw new InvalidParameterError(`'types': there are no events of the type ${unknown}`);
  return new Set(types.length > 0 ? types : known);
}
