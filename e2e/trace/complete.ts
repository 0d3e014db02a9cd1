import type { OtlpReceiver } from '@millrace/platform/testing/otlp-receiver';
import type { ReceivedSpan } from '@millrace/platform/testing/otlp-spans';

/** All of a trace that led to an event, its handling and a delivery: the services send their spans when they come to it. */
export function wholeTrace(receiver: OtlpReceiver, traceId: string): Promise<ReceivedSpan[]> {
  return receiver.trace(traceId, (spans) => {
    const known = new Set(spans.map(({ spanId }) => spanId));
    const has = (name: string) => spans.some((span) => span.name.startsWith(name));
    const open = spans.filter(({ parentId }) => !known.has(parentId));
    return has('process ') && has('POST webhook') && open.length === 1;
  });
}
