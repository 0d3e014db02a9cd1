import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startHttp } from '@millrace/platform/http/server';
import { Lifecycle } from '@millrace/platform/lifecycle';

describe('a server with as many connections as it may have', () => {
  const MOST = 5;
  const host = '127.0.0.1';
  let lifecycle: Lifecycle;
  let port: number;
  let kept: Socket[];
  beforeEach(async () => {
    lifecycle = new Lifecycle();
    const listener = (_req: unknown, res: { end: (text: string) => void }) => res.end('fine');
    ({ port } = await startHttp({ listener, host, port: 0, lifecycle, maxConnections: MOST }));
    kept = await Promise.all(Array.from({ length: MOST }, open));
  });
  afterEach(async () => {
    for (const socket of kept) socket.destroy();
    await lifecycle.close();
  });

  async function open(): Promise<Socket> {
    const socket = connect(port, host);
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'data');
    return socket;
  }
  const ask = async (path: string) => {
    const request = get({ host, port, path, agent: new Agent() });
    const [answer] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
    answer.resume();
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] };
  };

  it('asks others to come again, and still answers probes', async () => {
    expect(await ask('/work')).toEqual({ status: 503, retryAfter: '1' });
    for (const path of ['/livez', '/readyz', '/health']) expect(await ask(path)).toMatchObject({ status: 200 });
  });

  it('goes on serving those who are there, and takes others when they leave', async () => {
    expect(await ask('/work')).toMatchObject({ status: 503 });
    const [first, ...rest] = kept;
    rest[0]?.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(String(await once(rest[0] as Socket, 'data'))).toContain('200 OK');
    first?.destroy();
    let { status } = await ask('/work');
    while (status === 503) ({ status } = await ask('/work'));
    expect(status).toBe(200);
  });

  it('refuses without reading what comes in great numbers', async () => {
    const crowd = Array.from({ length: 100 }, () => connect(port, host));
    const answers = await Promise.race(crowd.map(async (socket) => String(await once(socket, 'data'))));
    expect(answers).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1\r\n/s);
    for (const socket of crowd) socket.destroy();
  });
});
