import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

export { type Context, type Link, type Span, SpanKind } from '@opentelemetry/api';

/** A process has one telemetry as it has one standard output: whatever works in it tells of it here, or tells nobody. */
let tracer: Tracer | undefined;

/** Called once, before any service of the process starts: parts look when they are made whether there is somebody to tell. */
export function traceWith(given: Tracer | undefined): void {
  tracer = given;
}

export const isTracing = (): boolean => tracer !== undefined;

export type NewSpan = {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Without it, what is going on now. */
  readonly parent?: Context;
  readonly links?: Link[];
};

/** Does `work` in a span that ends with it; just does it when nobody collects spans. */
export async function inSpan<T>(start: NewSpan, work: (span: Span | undefined) => Promise<T>): Promise<T> {
  if (!tracer) return work(undefined);
  const parent = start.parent ?? context.active();
  const span = tracer.startSpan(start.name, start, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work, undefined, span);
  } catch (error) {
    markFailed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** A span whose end the caller sees to; undefined when nobody collects spans. */
export function startSpan(start: NewSpan): Span | undefined {
  return tracer?.startSpan(start.name, start, start.parent ?? context.active());
}

export function within<T>(span: Span, parent: Context, work: () => T): T {
  return context.with(trace.setSpan(parent, span), work);
}

/** What is known of an error without its text, which may quote what a caller sent. */
export function markFailed(span: Span, error: unknown): void {
  const { name = 'Error', code } = error as { readonly name?: string; readonly code?: unknown };
  span.setAttribute('error.type', typeof code === 'string' ? code : name);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The span of the work that is going on, if it is one that is kept: only then is it worth to say more about it. */
export function recordingSpan(): Span | undefined {
  if (!tracer) return undefined;
  const span = trace.getActiveSpan();
  return span?.isRecording() ? span : undefined;
}

/** W3C's `traceparent` of the work that is going on, for whoever works on because of it. */
export function currentTraceparent(): string | undefined {
  if (!tracer) return undefined;
  const span = trace.getActiveSpan();
  return span && traceparentOf(span.spanContext());
}

export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** The place in somebody else's trace that these headers name; a new trace when they name none. */
export function contextFrom(headers: Readonly<Record<string, unknown>>): Context {
  return headers['traceparent'] === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers);
}

/** The place in which an event or a message was made, from where it was kept. */
export function contextOf(traceparent: string | null | undefined): Context {
  return contextFrom(traceparent ? { traceparent } : {});
}

const VALID = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** The caller's own, if it may be passed on as it is. */
export function validTraceparent(given: string | undefined): string | undefined {
  return given !== undefined && VALID.test(given) ? given : undefined;
}
