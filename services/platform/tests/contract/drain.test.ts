import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { startHttp } from '@millrace/platform/http/server';
import { Lifecycle } from '@millrace/platform/lifecycle';

const host = '127.0.0.1';
const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';

/** Longer than any test may take: who waits for the end of it fails. */
const NEVER_MS = 600_000;

describe('a server that stops, with connections that its clients keep,', () => {
  it('answers what still comes on them, and ends each with its answer', async () => {
    const { port, lifecycle } = await start(NEVER_MS);
    const socket = await keptConnection(port);
    const closed = lifecycle.close();
    socket.write(REQUEST);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    await closed;
  });

  it('waits no longer than until they are let go', async () => {
    const { port, lifecycle } = await start(NEVER_MS);
    const sockets = [await keptConnection(port), await keptConnection(port)];
    const closed = lifecycle.close();
    for (const socket of sockets) socket.end();
    await closed;
  });

  it('ends by itself those that nobody lets go', async () => {
    const { port, lifecycle } = await start(100);
    const socket = await keptConnection(port);
    await lifecycle.close();
    expect(await text(socket)).toBe('');
  });
});

async function start(drainMs: number) {
  const lifecycle = new Lifecycle();
  const listener = (_req: unknown, res: { end: (text: string) => unknown }) => void res.end('done');
  const { port } = await startHttp({ listener, host, port: 0, lifecycle, drainMs });
  return { port, lifecycle };
}

/** Answered once, and idle since. */
async function keptConnection(port: number): Promise<Socket> {
  const socket = connect(port, host);
  socket.write(REQUEST);
  let answer = '';
  while (!answer.endsWith('done')) answer += String((await once(socket, 'data'))[0]);
  expect(answer).toMatch(/\r\nconnection: keep-alive\r\n/i);
  return socket;
}
