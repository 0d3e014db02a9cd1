import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Message } from '@bufbuild/protobuf';
import { type AppError, toAppError } from '../errors.ts';
import { sendError, sendJson, sendNoEndpoint } from '../http/respond.ts';
import { isObserving, nameCall } from '../telemetry/http-calls.ts';
import { ByteBudget } from './byte-budget.ts';
import { CallContext, type Header, requestIdFrom } from './context.ts';
import type { Identify } from './identity.ts';
import { checkContentType, parseBody, readBody } from './request-body.ts';
import type { Match, Routes } from './route-table.ts';

export type RestOptions = {
  readonly routes: Routes;
  readonly identify: Identify;
  /** Everything outside the contract: an Express app, say. */
  readonly fallback: RequestListener;
  readonly maxBodyBytes: number;
  readonly onError: (error: AppError, req: IncomingMessage) => void;
};

/** Bodies of requests that are not answered yet. Decoded they take several times as much. */
const MAX_BODIES_BYTES = 64 * 2 ** 20;

/** Answers what the contract knows without any framework in between. */
export function restListener({ routes, identify, fallback, maxBodyBytes, onError }: RestOptions): RequestListener {
  const bodies = new ByteBudget(Math.max(MAX_BODIES_BYTES, maxBodyBytes));
  const observing = isObserving();
  return (req, res) => {
    const { path, query } = splitUrl(req.url ?? '/');
    const match = routes.find(req.method === 'HEAD' ? 'GET' : (req.method ?? ''), path);
    if (!match) return unmatched(path, req, res);
    if (observing) nameCall(res, match.route);
    answer(match, path, query, req, res).catch((thrown: unknown) => {
      if (req.errored) return; // hung up while sending: nobody is left to answer
      const error = toAppError(thrown);
      onError(error, req);
      sendError(req, res, error);
    });
  };

  async function answer(
    { route, params }: Match,
    path: string,
    query: string,
    req: IncomingMessage,
    res: ServerResponse,
  ) {
    const header = headerOf(req);
    const identity = await identify(header, path);
    let held = 0;
    const hold = (bytes: number) => {
      bodies.take(bytes);
      held += bytes;
    };
    try {
      const request = await decodeRequest({ route, params }, query, req, hold);
      const context = new CallContext(identity, requestIdFrom(header('x-request-id')), onHangUp(res), header);
      sendJson(res, 200, route.encode(await route.operation.call(request, context)));
    } finally {
      bodies.give(held);
    }
  }

  async function decodeRequest(
    { route, params }: Match,
    query: string,
    req: IncomingMessage,
    hold: (bytes: number) => void,
  ): Promise<Message> {
    checkContentType(req);
    const useQuery = query !== '' && route.verb === 'GET';
    const json = useQuery ? route.readQuery(query) : parseBody(await readBody(req, maxBodyBytes, hold));
    return route.decode(withParams(json, params));
  }

  function unmatched(path: string, req: IncomingMessage, res: ServerResponse): void {
    const verbs = routes.verbs(path);
    if (verbs.length > 0) sendNoEndpoint(req, res, path, verbs);
    else fallback(req, res);
  }
}

export function headerOf(req: IncomingMessage): Header {
  return (name) => req.headers[name]?.toString();
}

export function onHangUp(res: ServerResponse): (abort: () => void) => void {
  return (abort) => {
    if (res.destroyed) abort();
    else res.once('close', abort);
  };
}

/** A path parameter wins over a field of the same name: permission and handler must speak of the same thing. */
function withParams(json: unknown, params: Match['params']): unknown {
  const inPath = Object.keys(params).length > 0;
  return inPath && typeof json === 'object' && !Array.isArray(json) ? { ...json, ...params } : json;
}

function splitUrl(url: string): { path: string; query: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}
