import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { type ReceivedSpan, readSpans } from './otlp-spans.ts';

export type OtlpReceiver = AsyncDisposable & {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** The paths that were posted to. */
  readonly paths: ReadonlySet<string>;
  /** The spans of one trace, as soon as `isComplete`. */
  readonly trace: (traceId: string, isComplete: (spans: readonly ReceivedSpan[]) => boolean) => Promise<ReceivedSpan[]>;
};

/** Longer than anything takes; who waits in vain gets what has come until then. */
const PATIENCE_MS = 30_000;

/** Takes what OpenTelemetry sends in protobuf over HTTP, on loopback, and keeps the spans. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const paths = new Set<string>();
  const server = createServer((req, res) => {
    body(req).then(
      (bytes) => {
        paths.add(req.url ?? '');
        if (req.url === '/v1/traces') spans.push(...readSpans(bytes));
        res.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      },
      () => res.destroy(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    paths,
    async trace(traceId, isComplete) {
      const patience = AbortSignal.timeout(PATIENCE_MS);
      const ofTrace = () => spans.filter((span) => span.traceId === traceId);
      while (!isComplete(ofTrace()) && !patience.aborted) await sleep(50);
      return ofTrace();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function body(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return req.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
}
