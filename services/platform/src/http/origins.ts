import type { IncomingMessage, ServerResponse } from 'node:http';
import { matcher } from './globs.ts';
import { sendText } from './respond.ts';

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export type OriginOptions = {
  /** With `*` for any part; localhost is always allowed. */
  readonly allowed: readonly string[];
  /** Whether a page may call the host it came from. Only safe where the `Host` header is checked. */
  readonly trustOwn: boolean;
};

/**
 * Cross-origin rules for a request that has an `Origin`. True when it has answered it: a preflight, or a write from a page that must
 * not write, whichever path it goes to.
 */
export function originCheck({ allowed, trustOwn }: OriginOptions) {
  const isListed = matcher(allowed);
  return (origin: string, req: IncomingMessage, res: ServerResponse): boolean => {
    const isOwn = trustOwn && origin.slice(origin.indexOf('://') + 3) === req.headers.host;
    const ok = isOwn || LOCALHOST.test(origin) || isListed(origin);
    res.setHeader('vary', 'Origin');
    if (ok) allow(origin, res);
    if (req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined) {
      answerPreflight(ok, req, res);
      return true;
    }
    if (ok || SAFE.has(req.method ?? '')) return false;
    sendText(res, 403, 'Cross-origin request blocked');
    return true;
  };
}

function allow(origin: string, res: ServerResponse): void {
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-allow-credentials', 'true');
  res.setHeader('access-control-expose-headers', '*');
}

function answerPreflight(ok: boolean, req: IncomingMessage, res: ServerResponse): void {
  if (!ok) {
    sendText(res, 400, 'Disallowed CORS origin');
    return;
  }
  const headers = req.headers['access-control-request-headers'];
  if (headers !== undefined) res.setHeader('access-control-allow-headers', headers);
  res.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE, OPTIONS, PATCH');
  res.setHeader('access-control-max-age', '600');
  sendText(res, 200, 'OK');
}
