import type { Request } from 'express';
import type { Transfers } from '../domain/transfers.ts';

const AT = '/mlflow-artifacts/';

/**
 * Where clients reach the routes of this service. Unless it is configured, it is what this client called, and said of it by
 * whoever ended its TLS: a client that lies gets addresses that lead it astray, and nobody else.
 */
export function publicRoot(req: Request, { publicUrl }: Transfers): string {
  const path = req.originalUrl.slice(0, req.originalUrl.indexOf(AT) + AT.length - 1);
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '') + path;
  const forwarded = req.headers['x-forwarded-proto']?.toString().split(',')[0]?.trim();
  const scheme = forwarded === 'https' || forwarded === 'http' ? forwarded : req.protocol;
  return `${scheme}://${req.headers.host ?? 'localhost'}${path}`;
}
