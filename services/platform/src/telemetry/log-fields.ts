import { isSpanContextValid, trace } from '@opentelemetry/api';
import { isTracing } from './tracing.ts';

/** Ties a line of the log to the trace of the work that wrote it. */
export function traceFields(): { readonly trace_id?: string; readonly span_id?: string } {
  const at = isTracing() ? trace.getActiveSpan()?.spanContext() : undefined;
  return at && isSpanContextValid(at) ? { trace_id: at.traceId, span_id: at.spanId } : {};
}
