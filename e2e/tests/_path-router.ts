import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

export type Route = { readonly path: RegExp; readonly port: number };

/**
 * Stands in for the ingress of a cluster: sends each path to its service on this machine, by the first route that matches,
 * and changes nothing on the way.
 */
export async function startPathRouter(routes: readonly Route[]) {
  const server = createServer((req, res) => {
    const route = routes.find(({ path }) => path.test(req.url ?? ''));
    if (!route) return void res.writeHead(404).end();
    forward(req, res, route.port).catch(() => {
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function forward(req: IncomingMessage, res: ServerResponse, port: number): Promise<void> {
  const { method, url: path, headers } = req;
  const upstream = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  const answered = once(upstream, 'response');
  // A service may answer, and close, before it has read the whole body: then the answer counts, not the broken upload.
  const sent = pipeline(req, upstream).catch(() => {});
  const [answer] = (await answered) as [IncomingMessage];
  res.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, res);
  await sent;
}
