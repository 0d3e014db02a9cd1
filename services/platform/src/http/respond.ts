import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AppError, EndpointNotFoundError } from '../errors.ts';

const LINGER_MS = 5_000;
const SMALL = 4096;

/** Small answers go out as text, which Node sends in one piece with the headers. */
export function sendJson(res: ServerResponse, status: number, json: string | Buffer): void {
  if (res.destroyed) return;
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
  res.end(json.length < SMALL ? json.toString() : json);
}

export function sendText(res: ServerResponse, status: number, text: string): void {
  if (res.destroyed) return;
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

/** MLflow's error envelope. When a part of the request is still on its way, the connection is closed behind the answer. */
export function sendError(req: IncomingMessage, res: ServerResponse, error: AppError, status = error.httpStatus): void {
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) res.setHeader('retry-after', Math.ceil(retryAfterSeconds));
  const json = JSON.stringify(error);
  if (req.complete || !hasBody(req)) sendJson(res, status, json);
  else sendBeforeEnd(req, res, status, json);
}

/** 405 for a path that takes other verbs, 404 for one that takes none. Clients tell both from a missing resource by the code. */
export function sendNoEndpoint(
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  verbs: readonly string[],
): void {
  const allowed = verbs.includes('GET') ? ['HEAD', ...verbs] : verbs;
  if (allowed.length > 0) res.setHeader('allow', [...allowed, 'OPTIONS'].join(', '));
  if (req.method === 'OPTIONS' && allowed.length > 0) {
    res.writeHead(204).end();
    return;
  }
  const hint = allowed.length > 0 ? `This path takes ${allowed.join(', ')}.` : 'Is the server older than the client?';
  const error = new EndpointNotFoundError(`No endpoint ${req.method} ${path}. ${hint}`);
  sendError(req, res, error, allowed.length > 0 ? 405 : 404);
}

/**
 * A client that is still sending reads no answer when its connection is reset. So the answer goes out whole, the rest of the
 * body is read into nothing for a while, and then the connection ends.
 */
function sendBeforeEnd(req: IncomingMessage, res: ServerResponse, status: number, json: string): void {
  if (res.destroyed) return;
  const length = Buffer.byteLength(json);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': length, connection: 'close' });
  res.write(json);
  const end = () => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  req.on('end', end).on('close', end).resume();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
