import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { requestIdFrom } from '../contract/context.ts';
import { hostCheck } from './hosts.ts';
import { originCheck } from './origins.ts';
import { sendText } from './respond.ts';

export type EdgeOptions = {
  /** Host names served beside localhost and private addresses, `*` for any part of a name; `*` alone switches the check off. */
  readonly allowedHosts: readonly string[];
  /** Origins of other sites whose pages may call, as `https://ui.example.com`, with `*` for any part. */
  readonly allowedOrigins: readonly string[];
  readonly log: Logger;
};

/** Probes come by address, and tell nothing that a page could not know. */
const FOR_ANY_HOST = new Set(['/health', '/livez', '/readyz', '/version']);

/** What holds for every request, whoever answers it: request id, security headers, `Host` and `Origin` rules, access log. */
export function edge(inner: RequestListener, { allowedHosts, allowedOrigins, log }: EdgeOptions): RequestListener {
  const checksHosts = !allowedHosts.includes('*');
  const mayServe = checksHosts ? hostCheck(allowedHosts) : () => true;
  const answersOrigin = originCheck({ allowed: allowedOrigins, trustOwn: checksHosts });
  return (req, res) => {
    req.url = originForm(req.url ?? '/');
    setHeaders(req, res);
    if (log.isLevelEnabled('debug')) logAccess(log, req, res);
    const { host, origin } = req.headers;
    if (!mayServe(host) && !FOR_ANY_HOST.has(req.url))
      return sendText(res, 403, 'Invalid Host header - possible DNS rebinding attack detected');
    if (origin !== undefined && answersOrigin(origin, req, res)) return;
    inner(req, res);
  };
}

/** The id goes back into the request, so that everything behind sees the one that is logged and answered. */
function setHeaders(req: IncomingMessage, res: ServerResponse): void {
  const id = requestIdFrom(req.headers['x-request-id']?.toString());
  req.headers['x-request-id'] = id;
  res.setHeader('x-request-id', id);
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('x-frame-options', 'SAMEORIGIN');
}

/** MLflow routes a doubled leading slash too; a client that takes this server for a proxy sends the whole URL. */
function originForm(url: string): string {
  if (url.startsWith('//')) return url.slice(1);
  return url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*\/?/i, '/');
}

function logAccess(log: Logger, req: IncomingMessage, res: ServerResponse): void {
  const start = performance.now();
  const { method, url } = req;
  res.once('close', () => {
    const ms = Math.round(performance.now() - start);
    const path = url?.split('?', 1)[0];
    log.debug({ requestId: req.headers['x-request-id'], method, path, status: res.statusCode, ms }, 'request');
  });
}
