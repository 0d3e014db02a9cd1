import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from './_service.ts';

export type Received = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Json;
};

type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };
export type Behaviour = (received: Received, count: number) => Answer | 'hang';

export const ok: Behaviour = () => ({ status: 200 });

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** A receiver on loopback that keeps what it gets, in the order of arrival. */
export async function startReceiver(behaviour: Behaviour = ok) {
  const received: Received[] = [];
  let heard = () => {};
  let behave = behaviour;
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const one = { path: req.url ?? '', headers: req.headers, text, json: JSON.parse(text) as Json };
      received.push(one);
      const answer = behave(one, received.length);
      heard();
      if (answer !== 'hang') res.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    received,
    behave: (next: Behaviour) => {
      behave = next;
    },
    /** The first so many requests, as soon as they are there. */
    async first(count: number): Promise<Received[]> {
      while (received.length < count) await new Promise<void>((done) => (heard = done));
      return received.slice(0, count);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export const deliveryId = ({ headers }: Received) => String(headers['webhook-id']);

export function hmac(key: string | Buffer, { headers, text }: Received): string {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
