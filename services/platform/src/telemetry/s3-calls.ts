import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { durations, type Histogram } from './metering.ts';
import { inSpan, isTracing, SpanKind } from './tracing.ts';

/** A span of each call with its retries, and a measurement of each try. Without anybody to tell, nothing. */
export function observeS3(client: S3Client): void {
  const duration = durations(
    'millrace_s3_request_duration_seconds',
    'Until the answer begins, by operation and status',
  );
  if (duration) measureTries(client, duration);
  if (!isTracing()) return;
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const operation = operationOf(commandName);
        const attributes = { 'rpc.system.name': 'aws-api', 'rpc.service': 'S3', 'rpc.method': operation };
        return inSpan({ name: `S3 ${operation}`, kind: SpanKind.CLIENT, attributes }, () => next(args));
      },
    { step: 'initialize', name: 'millraceSpans', priority: 'high' },
  );
}

function measureTries(client: S3Client, duration: Histogram): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const startedAt = performance.now();
        const ended = (code: string) =>
          duration.record((performance.now() - startedAt) / 1_000, { operation: operationOf(commandName), code });
        try {
          const answer = await next(args);
          ended(String((answer.response as { readonly statusCode?: number }).statusCode ?? 'unknown'));
          return answer;
        } catch (error) {
          ended(codeOf(error));
          throw error;
        }
      },
    { step: 'finalizeRequest', name: 'millraceMetrics', priority: 'low' }, // behind the one that tries again
  );
}

/** `PutObjectCommand` → `PutObject`. */
const operationOf = (command = 'unknown') => command.replace(/Command$/, '');

/** Without a status the store did not answer at all. */
function codeOf(error: unknown): string {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === undefined ? 'none' : String(status);
}
