import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Route } from '../contract/route-table.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { callMetrics } from './call-metrics.ts';
import { expressOperation, expressRoute, methodOf } from './express-route.ts';
import { isMetering } from './metering.ts';
import { contextFrom, isTracing, markFailed, type Span, SpanKind, startSpan, within } from './tracing.ts';

/** What is found out about a request while it is answered. */
type Call = { operation: string | undefined; route: string | undefined };

const CALL = Symbol('call');
type Observed = ServerResponse & { [CALL]?: Call };

/** Asked by machines every few seconds: a span of each would bury the others. */
const PROBES = new Set(['/health', '/livez', '/readyz', '/version']);

/** The listener with a span and a measurement of every request; the listener itself when nobody collects either. */
export function observedListener(listener: RequestListener, lifecycle: Lifecycle): RequestListener {
  if (!isObserving()) return listener;
  const metrics = callMetrics('http', lifecycle);
  return (req, res) => {
    const startedAt = performance.now();
    const call: Call = { operation: undefined, route: undefined };
    (res as Observed)[CALL] = call;
    metrics?.began();
    const parent = contextFrom(req.headers);
    const span = PROBES.has(req.url ?? '')
      ? undefined
      : startSpan({ name: req.method ?? '', kind: SpanKind.SERVER, parent });
    res.once('close', () => {
      const code = res.writableFinished ? res.statusCode : 499;
      const operation = call.operation ?? expressOperation(req);
      metrics?.ended(operation, String(code), startedAt);
      if (span) endSpan(span, req, code, call.route ?? expressRoute(req), operation);
    });
    if (span) within(span, parent, () => listener(req, res));
    else listener(req, res);
  };
}

export const isObserving = (): boolean => isTracing() || isMetering();

/** Says which rpc of the contract a request turned out to be. */
export function nameCall(res: ServerResponse, { path, operation: { method } }: Route): void {
  const call = (res as Observed)[CALL];
  if (!call) return;
  call.operation = `${method.parent.name}/${method.name}`;
  call.route = path;
}

function endSpan(span: Span, req: IncomingMessage, code: number, route: string, operation: string): void {
  if (span.isRecording()) {
    const method = methodOf(req);
    span.updateName(`${method} ${route}`);
    span.setAttributes({
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': code,
      'millrace.operation': operation,
      'millrace.request_id': req.headers['x-request-id']?.toString() ?? '',
    });
    if (code >= 500) markFailed(span, { code: String(code) });
  }
  span.end();
}
