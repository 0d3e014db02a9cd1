import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startHttp } from '@millrace/platform/http/server';
import { Lifecycle } from '@millrace/platform/lifecycle';
import express from 'express';
import { send, startSample } from './_sample-service.ts';

describe('health', () => {
  it('answers what probes and MLflow clients ask', async () => {
    const sample = await startSample({ checks: { database: async () => 'fine' } });
    expect(await sample.rest('GET', '/health')).toMatchObject({
      status: 200,
      text: 'OK',
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
    expect(await sample.rest('GET', '/version')).toMatchObject({
      text: '3.11.0',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    expect(await sample.rest('HEAD', '/livez')).toMatchObject({ status: 200, text: '' });
    expect((await sample.rest('GET', '/readyz')).json()).toEqual({ ready: true, failed: [] });
    expect(await sample.rest('POST', '/health')).toMatchObject({ status: 405 });
    expect(await sample.rest('GET', '/health/')).toMatchObject({ status: 404 });
    expect((await sample.rest('GET', '/openapi.json')).json()).toMatchObject({ info: { title: 'Sample' } });
    await sample.lifecycle.close();
  });

  it('is not ready while something it needs fails or hangs, but lives', async () => {
    let asked = 0;
    const sample = await startSample({
      checks: {
        database: async () => {
          throw new Error('connection string with password');
        },
        broker: (signal) => {
          asked++;
          return new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new Error('too late'))));
        },
        store: async () => 'fine',
      },
    });
    const answers = await Promise.all([sample.rest('GET', '/readyz'), sample.rest('GET', '/readyz')]);
    const live = await sample.rest('GET', '/livez');
    await sample.lifecycle.close();
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.json()).toEqual({ ready: false, failed: ['database', 'broker'] });
    }
    expect(asked).toBe(1);
    expect(live.status).toBe(200);
    expect(sample.logged).toMatchObject([
      { check: 'database', err: { message: 'connection string with password' } },
      { check: 'broker' },
    ]);
  });

  it('is not ready once the process is stopping', async () => {
    const stop = new AbortController();
    const sample = await startSample({ stopping: stop.signal });
    stop.abort();
    const answer = await sample.rest('GET', '/readyz');
    await sample.lifecycle.close();
    expect(answer.status).toBe(503);
    expect(answer.json()).toEqual({ ready: false, failed: ['stopping'] });
  });
});

describe('a server', () => {
  const host = '127.0.0.1';
  const start = (listener: RequestListener, graceMs = 10_000) => {
    const lifecycle = new Lifecycle();
    return startHttp({ listener, host, port: 0, lifecycle, graceMs }).then(({ port }) => ({ port, lifecycle }));
  };

  it('says in one sentence that its port is taken', async () => {
    const other = createServer().listen(0, host);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startHttp({ listener: () => {}, host, port, lifecycle: new Lifecycle() })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: another program already uses it.`,
    );
    other.close();
  });

  it('finishes the answer under way, says goodbye with it, and takes no more', async () => {
    const handed: (() => void)[] = [];
    const { port, lifecycle } = await start((_req, res) => void handed.push(() => void res.end('done')));
    const answer = send(port, 'GET', '/', { headers: { connection: 'keep-alive' } });
    while (handed.length === 0) await new Promise((done) => setTimeout(done, 5));
    const closed = lifecycle.close();
    while (await connects(port)) await new Promise((done) => setTimeout(done, 5));
    handed[0]?.();
    expect(await answer).toMatchObject({ text: 'done', headers: { connection: 'close' } });
    await closed;
  });

  const connects = (port: number) =>
    new Promise<boolean>((done) => {
      const socket = connect(port, host, () => done(true)).on('error', () => done(false));
      socket.on('connect', () => socket.destroy());
    });

  it('sends an answer to its end, however slowly it is read', async () => {
    const size = 20_000_000;
    const { port, lifecycle } = await start((_req, res) => void res.end(Buffer.alloc(size)));
    const socket = connect(port, host).pause();
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'readable');
    const closed = lifecycle.close();
    let received = 0;
    for await (const chunk of socket) received += (chunk as Buffer).length;
    await closed;
    expect(received).toBeGreaterThan(size);
  });

  it('does not wait for idle, silent or endless connections', async () => {
    const { port, lifecycle } = await start(
      (req, res) => void (req.url === '/endless' ? res.write('a') : res.end()),
      200,
    );
    const texts = ['', 'GET / HTTP/1.1\r\nhost: a\r\n\r\n', 'GET /endless HTTP/1.1\r\nhost: a\r\n\r\n', 'GET / HT'];
    const sockets = texts.map((text) => {
      const socket = connect(port, host)
        .resume()
        .on('error', () => {});
      socket.write(text);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await send(port, 'GET', '/');
    await lifecycle.close();
    await Promise.all(sockets.filter((socket) => !socket.closed).map((socket) => once(socket, 'close')));
  });
});

describe('several services behind one port', () => {
  it('share one table, and may not claim the same path', async () => {
    const router = (path: string) => express.Router().get(path, (_req, res) => void res.send(path));
    const surfaces = [
      { operations: [], router: router('/a') },
      { operations: [], router: router('/b') },
    ];
    const sample = await startSample({ surfaces });
    expect(await sample.rest('GET', '/a')).toMatchObject({ text: '/a' });
    expect(await sample.rest('GET', '/b')).toMatchObject({ text: '/b' });
    await sample.lifecycle.close();
  });
});
