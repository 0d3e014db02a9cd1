import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { CallContext, type Context, requestIdFrom } from '../contract/context.ts';
import type { Identify } from '../contract/identity.ts';
import { headerOf, onHangUp } from '../contract/rest-server.ts';

const contexts = new WeakMap<ServerResponse, Context>();

/** Who is calling and why, for a route outside the contract; what it may do is for the route to ask. */
export function contextOf(res: ServerResponse): Context {
  const context = contexts.get(res);
  if (!context) throw new Error('This route is not behind callContext()');
  return context;
}

/** Resolves the caller before any route behind it runs. */
export function callContext(identify: Identify): RequestHandler {
  return async (req, res, next) => {
    const header = headerOf(req);
    const identity = await identify(header, req.path);
    contexts.set(res, new CallContext(identity, requestIdFrom(header('x-request-id')), onHangUp(res), header));
    next();
  };
}
