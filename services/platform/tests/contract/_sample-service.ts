import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { grpcClient } from '@millrace/platform/contract/grpc-client';
import { startGrpc } from '@millrace/platform/contract/grpc-server';
import { anonymousIdentity, forwardedIdentity } from '@millrace/platform/contract/identity';
import { type Handlers, implement, operations } from '@millrace/platform/contract/operation';
import { type Authorize, openAccess } from '@millrace/platform/contract/permissions';
import { startHttp } from '@millrace/platform/http/server';
import { type ServiceOptions, serviceListener } from '@millrace/platform/http/service-listener';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { SampleService } from '@millrace/proto/test/sample/v1/sample';
import type { Router } from 'express';
import { pino } from 'pino';

type SampleHandlers = Handlers<typeof SampleService>;

export const echo: SampleHandlers = {
  guarded: async (request) => request,
  echo: async (request) => request,
  costly: async (request) => request,
  findItem: async ({ id, loud, value = 0 }) => ({ id: loud ? id.toUpperCase() : id, value }),
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: () => unknown;
};

export type Sent = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

type Options = Partial<ServiceOptions> & {
  readonly handlers?: Partial<SampleHandlers>;
  readonly authorize?: Authorize;
  readonly router?: Router;
  readonly level?: string;
};

/** The sample contract behind real ports. */
export async function startSample({
  handlers,
  authorize = openAccess,
  router,
  level = 'warn',
  ...given
}: Options = {}) {
  const lifecycle = new Lifecycle();
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const rpcs = operations([implement(SampleService, { ...echo, ...handlers })], authorize);
  const options = {
    surfaces: [{ operations: rpcs, ...(router && { router }) }],
    identify: anonymousIdentity(),
    title: 'Sample',
    version: '3.11.0',
    stopping: lifecycle.stopping,
    log,
    maxBodyBytes: 200_000,
    ...given,
  };
  const address = { host: '127.0.0.1', port: 0, lifecycle };
  const http = await startHttp({ ...address, listener: serviceListener(options) });
  const identify = forwardedIdentity(anonymousIdentity());
  const grpcServer = await startGrpc(rpcs, { ...address, identify, log, graceMs: 1_000 });
  const grpc = grpcClient(SampleService, `127.0.0.1:${grpcServer.port}`, { deadlineMs: 5_000 });
  lifecycle.onClose('client', () => grpc.close());
  const rest = (verb: string, path: string, sent?: Sent) => send(http.port, verb, path, sent);
  return { rest, grpc, lifecycle, logged, httpPort: http.port, grpcPort: grpcServer.port };
}

export type Sample = Awaited<ReturnType<typeof startSample>>;

/** Sends the path and the headers just as they are given, which `fetch` would not. */
export function send(port: number, verb: string, path: string, { body, headers = {} }: Sent = {}): Promise<Answer> {
  const bytes = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(text(body));
  const length = headers['transfer-encoding'] === undefined && { 'content-length': `${bytes?.length}` };
  const type = bytes ? { 'content-type': 'application/json', ...length } : {};
  return new Promise((done, fail) => {
    const request = httpRequest({ port, method: verb, path, headers: { ...type, ...headers }, agent: false });
    request.on('error', fail).on('response', (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const received = Buffer.concat(chunks).toString();
          const { statusCode: status = 0, headers } = response;
          done({ status, headers, text: received, json: () => JSON.parse(received) as unknown });
        });
    });
    request.end(bytes);
  });
}

const text = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));
