import type { IncomingMessage, RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Router } from 'express';
import type { Identify } from '../contract/identity.ts';
import { type AppError, BadRequestError, AppError as Thrown, toAppError } from '../errors.ts';
import { callContext } from './call-context.ts';
import { sendError, sendNoEndpoint } from './respond.ts';

export type ExpressOptions = {
  /** Served to anybody. */
  readonly open: readonly Router[];
  /** Served with a context: see `contextOf`. */
  readonly routers: readonly Router[];
  readonly identify: Identify;
  readonly onError: (error: AppError, req: IncomingMessage) => void;
};

/** Everything beside the contract, and 404 in the contract's form for what is nowhere. */
export function expressApp({ open, routers, identify, onError }: ExpressOptions): RequestListener {
  const app = express().disable('x-powered-by').disable('etag');
  for (const router of open) app.use(router);
  app.use(callContext(identify));
  for (const router of routers) app.use(router);
  app.use((req, res) => sendNoEndpoint(req, res, req.path, []));
  app.use(errorHandler(onError));
  return app;
}

/** Four parameters are how Express knows an error handler. An answer under way can only be cut off. */
function errorHandler(onError: ExpressOptions['onError']): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    if (req.errored) return;
    const error = fromExpress(thrown);
    onError(error, req);
    if (res.headersSent) res.destroy();
    else sendError(req, res, error);
  };
}

/** Express and its middleware mark a caller's mistakes, such as a broken `%` in the path, by a status. */
function fromExpress(thrown: unknown): AppError {
  if (thrown instanceof Error && !(thrown instanceof Thrown) && 'status' in thrown && Number(thrown.status) < 500)
    return new BadRequestError(thrown.message, { cause: thrown });
  return toAppError(thrown);
}
