import type { RequestHandler } from 'express';
import { sendNoEndpoint } from './respond.ts';

/** Goes behind the handlers of an Express route: answers the verbs it has no handler for. */
export function otherVerbs(...handled: readonly string[]): RequestHandler {
  return (req, res) => sendNoEndpoint(req, res, req.originalUrl.split('?', 1)[0] ?? '', handled);
}
