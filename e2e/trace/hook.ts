import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Hook = AsyncDisposable & {
  readonly url: string;
  /** The headers of a delivery of this trace, as soon as there is one. */
  readonly delivery: (traceId: string) => Promise<IncomingHttpHeaders>;
};

/** A receiver of webhooks on loopback. */
export async function startHook(): Promise<Hook> {
  const received: IncomingHttpHeaders[] = [];
  let heard = () => {};
  const server = createServer((req, res) => {
    req.resume().on('end', () => {
      received.push(req.headers);
      res.writeHead(200).end();
      heard();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const of = (traceId: string) => received.find(({ traceparent }) => String(traceparent).includes(traceId));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/deployments`,
    async delivery(traceId) {
      for (;;) {
        const headers = of(traceId);
        if (headers) return headers;
        await new Promise<void>((done) => {
          heard = done;
        });
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
