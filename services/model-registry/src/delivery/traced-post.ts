import {
  contextOf,
  inSpan,
  isTracing,
  markFailed,
  SpanKind,
  traceparentOf,
} from '@millrace/platform/telemetry/tracing';
import type { Outgoing, Post, Reply } from './post.ts';

/** One attempt, in the trace of the call that made the event; the receiver can go on with it. */
export async function tracedPost(
  post: Post,
  request: Outgoing,
  traceparent: string | null,
  stopping: AbortSignal,
): Promise<Reply> {
  if (traceparent === null) return post(request, stopping);
  if (!isTracing()) return post(withTrace(request, traceparent), stopping);
  const { host } = new URL(request.url);
  const attributes = { 'http.request.method': 'POST', 'server.address': host };
  const start = { name: 'POST webhook', kind: SpanKind.CLIENT, parent: contextOf(traceparent), attributes };
  return inSpan(start, async (span) => {
    const reply = await post(span ? withTrace(request, traceparentOf(span.spanContext())) : request, stopping);
    if (reply.status !== null) span?.setAttribute('http.response.status_code', reply.status);
    if (span && !isGood(reply)) markFailed(span, { code: reply.status === null ? 'no answer' : String(reply.status) });
    return reply;
  });
}

const isGood = ({ status }: Reply) => status !== null && status < 400;

const withTrace = (request: Outgoing, traceparent: string): Outgoing => ({
  ...request,
  headers: { ...request.headers, traceparent },
});
