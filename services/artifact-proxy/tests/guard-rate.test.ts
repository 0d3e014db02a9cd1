import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { guardRate } from '../src/handlers/guard-rate.ts';

const LEAST = { bytesPerSecond: 10_000, windowMs: 300 };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(handle: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  closers.push(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('cuts off an upload that trickles', async () => {
  let isCut = false;
  const port = await serve((req, res) => {
    guardRate(req, res, LEAST);
    req.on('error', () => (isCut = true)).resume();
  });
  const sending = request({ port, method: 'PUT', headers: { 'content-length': 1_000_000 }, agent: false });
  sending.on('error', () => {});
  while (!isCut) {
    sending.write('x');
    await sleep(20);
  }
});

it('lets an upload wait that nobody reads', async () => {
  const port = await serve((req, res) => {
    guardRate(req, res, LEAST);
    setTimeout(() => req.resume().on('end', () => res.end('read')), 4 * LEAST.windowMs);
  });
  const sending = request({ port, method: 'PUT', headers: { 'content-length': 1_000_000 }, agent: false });
  sending.end(Buffer.alloc(1_000_000));
  const [answer] = await once(sending, 'response');
  expect(answer).toMatchObject({ statusCode: 200 });
});

it('lets an upload wait for its answer', async () => {
  const port = await serve((req, res) => {
    guardRate(req, res, LEAST);
    req.resume();
    setTimeout(() => res.end('stored'), 4 * LEAST.windowMs);
  });
  expect(await (await fetch(`http://127.0.0.1:${port}`, { method: 'PUT', body: 'x' })).text()).toBe('stored');
});

it('cuts off a download that nobody reads', async () => {
  let isCut = false;
  const port = await serve((req, res) => {
    guardRate(req, res, LEAST);
    res.on('close', () => (isCut = true));
    res.end(Buffer.alloc(50_000_000));
  });
  const asking = request({ port, agent: false }).end();
  asking.on('error', () => {});
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  answer.on('error', () => {});
  while (!isCut) await sleep(20);
});
