import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to a request on its way to the real server. */
export type Fault = 'none' | 'slow-down' | 'hang' | 'trickle';
export type FaultOf = (req: IncomingMessage) => Fault;

/** A real S3 server behind a way on which requests meet what the test says. */
export async function startFaultyS3(endpoint: string, tls?: ServerOptions) {
  let faultOf: FaultOf = () => 'none';
  const { hostname, port } = new URL(endpoint);
  const handle = (req: IncomingMessage, res: ServerResponse) => {
    const fault = faultOf(req);
    if (fault === 'hang') return req.pause();
    if (fault === 'slow-down') return slowDown(req, res);
    const { method, url: path, headers } = req;
    // the host is in the signature, so the server behind must see it as it was
    const onward = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      res.writeHead(answer.statusCode ?? 500, answer.headers);
      if (fault === 'trickle') void trickle(answer, res);
      else answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
    return undefined;
  };
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail(next: FaultOf) {
      faultOf = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function slowDown(req: IncomingMessage, res: ServerResponse): void {
  req.resume().on('end', () => {
    res.writeHead(503, { 'content-type': 'application/xml' });
    res.end('<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>');
  });
}

/** A kilobyte a second. */
async function trickle(answer: IncomingMessage, res: ServerResponse): Promise<void> {
  answer.on('error', () => {});
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length && !res.destroyed; at += 100) {
      res.write(chunk.subarray(at, at + 100));
      await sleep(100);
    }
    if (res.destroyed) return;
  }
  res.end();
}
