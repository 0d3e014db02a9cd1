import type { IncomingMessage } from 'node:http';

type Routed = IncomingMessage & { readonly route?: { readonly path?: unknown } };

/** The pattern under which Express found a handler: there are only so many, whatever paths are asked for. */
export function expressRoute(req: IncomingMessage): string {
  const path = (req as Routed).route?.path;
  if (typeof path === 'string') return path;
  if (!(path instanceof RegExp)) return 'unknown';
  return path.source
    .replace(/^\^/, '')
    .replace(/\.\+\$$/, '*')
    .replaceAll('\\', '');
}

/** As `expressRoute`, with the verb. */
export const expressOperation = (req: IncomingMessage): string => `${methodOf(req)} ${expressRoute(req)}`;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** OpenTelemetry's word for verbs that nobody needs. */
export const methodOf = ({ method = '' }: IncomingMessage): string => (METHODS.has(method) ? method : '_OTHER');
