import { describe, expect, it } from '@jest/globals';
import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { startGrpc } from '@millrace/platform/contract/grpc-server';
import { anonymousIdentity } from '@millrace/platform/contract/identity';
import { implement, operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { SampleService } from '@millrace/proto/test/sample/v1/sample';
import { pino } from 'pino';
import { echo } from './_sample-service.ts';

describe('a gRPC server that stops, of two that a client knows,', () => {
  it('finishes the calls under way, and the client goes on at the other one', async () => {
    const first = await start();
    const second = await start();
    const address = `ipv4:127.0.0.1:${first.port},127.0.0.1:${second.port}`;
    const client = grpcClient(SampleService, address, { deadlineMs: 60_000 });
    while (first.calls.length === 0 || second.calls.length === 0) await client.echo({});

    const underWay = Array.from({ length: 8 }, (_, at) => client.echo({ text: `hold ${at}` }));
    while (first.held.length + second.held.length < underWay.length) await new Promise((done) => setTimeout(done, 5));
    expect(first.held.length).toBeGreaterThan(0);
    const closed = first.lifecycle.close();
    for (let at = 0; at < 200; at++) expect(await client.echo({ text: `${at}` })).toMatchObject({ text: `${at}` });
    for (const release of [...first.held, ...second.held]) release();

    expect((await Promise.all(underWay)).map(({ text }) => text)).toEqual(underWay.map((_, at) => `hold ${at}`));
    await closed;
    client.close();
    await second.lifecycle.close();
  });
});

async function start() {
  const lifecycle = new Lifecycle();
  const calls: string[] = [];
  const held: (() => void)[] = [];
  const holding: typeof echo = {
    ...echo,
    echo: async (request) => {
      calls.push(request.text ?? '');
      if (request.text?.startsWith('hold')) await new Promise<void>((done) => held.push(done));
      return request;
    },
  };
  const { port } = await startGrpc(operations([implement(SampleService, holding)], openAccess), {
    host: '127.0.0.1',
    port: 0,
    identify: anonymousIdentity(),
    lifecycle,
    log: pino({ level: 'silent' }),
    graceMs: 60_000,
  });
  return { port, lifecycle, calls, held };
}
