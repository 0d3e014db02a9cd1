import { create, type DescMessage, type DescMethod, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Logger } from 'pino';
import { toAppError } from '../errors.ts';
import { cannotListen } from '../http/listen-error.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { type CallMetrics, callMetrics } from '../telemetry/call-metrics.ts';
import { contextFrom, inSpan, isTracing, markFailed, SpanKind } from '../telemetry/tracing.ts';
import { CallContext, requestIdFrom } from './context.ts';
import { logFault } from './fault-log.ts';
import { toGrpc } from './grpc-errors.ts';
import type { Identify } from './identity.ts';
import { checkMessage } from './message-check.ts';
import type { Operation } from './operation.ts';

type Unary = (call: ServerUnaryCall<Message, Message>, reply: sendUnaryData<Message>) => void;

export type GrpcOptions = {
  readonly host: string;
  readonly port: number;
  readonly identify: Identify;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly maxMessageBytes?: number;
  /** How long calls under way may take when the server stops. */
  readonly graceMs?: number;
};

/** Serves the same operations as REST, and gRPC's health service. Gives the port chosen where 0 was asked for. */
export async function startGrpc(operations: readonly Operation[], options: GrpcOptions): Promise<{ port: number }> {
  const { host, port, lifecycle, maxMessageBytes = 8 * 2 ** 20, graceMs = 10_000 } = options;
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
  });
  const metrics = callMetrics('grpc', lifecycle);
  for (const operation of operations) {
    const name = operation.method.localName;
    const handle = observed(unary(operation, options), operation, metrics);
    server.addService({ [name]: unaryDefinition(operation.method) }, { [name]: handle });
  }
  addHealth(server, operations, lifecycle.stopping);
  const bound = await bind(server, host, port);
  lifecycle.onClose('grpc', () => close(server, graceMs));
  return { port: bound };
}

/** Serving, as a whole and each service, until the process is told to stop. */
function addHealth(server: Server, operations: readonly Operation[], stopping: AbortSignal): void {
  const services = ['', ...new Set(operations.map(({ method }) => method.parent.typeName))];
  const health = new HealthImplementation(Object.fromEntries(services.map((name) => [name, 'SERVING'])));
  health.addToServer(server);
  stopping.addEventListener('abort', () => {
    for (const name of services) health.setStatus(name, 'NOT_SERVING');
  });
}

function bind(server: Server, host: string, port: number): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((done, fail) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
      error ? fail(cannotListen(error, host, port)) : done(bound),
    );
  });
}

async function close(server: Server, graceMs: number): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), graceMs);
  await new Promise<void>((done) => server.tryShutdown(() => done()));
  clearTimeout(timer);
}

/** What `@grpc/grpc-js` needs to know of one rpc; clients use it as well. */
export function unaryDefinition({ parent, name, input, output }: DescMethod): ServiceDefinition[string] {
  return {
    path: `/${parent.typeName}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: serializer(input),
    requestDeserialize: (bytes: Buffer) => fromBinary(input, bytes),
    responseSerialize: serializer(output),
    responseDeserialize: (bytes: Buffer) => fromBinary(output, bytes),
  };
}

function unary({ method, call }: Operation, { identify, log }: GrpcOptions): Unary {
  const check = checkMessage(method.input);
  const path = `/${method.parent.typeName}/${method.name}`;
  const run = async (from: ServerUnaryCall<Message, Message>, requestId: string): Promise<Message> => {
    const identity = await identify((name) => first(from.metadata, name), path);
    check(from.request);
    const context = new CallContext(identity, requestId, onCancel(from), (name) => first(from.metadata, name));
    return create(method.output, await call(from.request, context));
  };
  return (from, reply) => {
    const requestId = requestIdFrom(first(from.metadata, 'x-request-id'));
    run(from, requestId).then(
      (message) => reply(null, message),
      (thrown: unknown) => {
        const error = toAppError(thrown);
        logFault(log, error, { requestId, path });
        reply(toGrpc(error));
      },
    );
  };
}

/** With a span in the caller's trace and a measurement, as far as anybody collects them. */
function observed(unary: Unary, { method }: Operation, metrics: CallMetrics | undefined): Unary {
  if (!metrics && !isTracing()) return unary;
  const operation = `${method.parent.name}/${method.name}`;
  const name = `${method.parent.typeName}/${method.name}`;
  return (from, reply) => {
    const startedAt = performance.now();
    metrics?.began();
    const parent = contextFrom({ traceparent: first(from.metadata, 'traceparent') });
    const attributes = { 'rpc.system.name': 'grpc', 'millrace.operation': operation };
    void inSpan({ name, kind: SpanKind.SERVER, parent, attributes }, async (span) => {
      const code = await new Promise<string>((done) =>
        unary(from, (error, ...answer) => {
          reply(error, ...answer);
          done(status[error?.code ?? status.OK]);
        }),
      );
      metrics?.ended(operation, code, startedAt);
      span?.setAttribute('rpc.response.status_code', code);
      if (span && SERVER_FAULTS.has(code)) markFailed(span, { code });
    });
  };
}

/** Those that gRPC's conventions count as errors of the server. */
const SERVER_FAULTS = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/** Also when the deadline that the caller gave has passed. */
function onCancel(call: ServerUnaryCall<Message, Message>): (abort: () => void) => void {
  return (abort) => {
    if (call.cancelled) abort();
    else call.once('cancelled', abort);
  };
}

function first(metadata: Metadata, name: string): string | undefined {
  return metadata.get(name)[0]?.toString();
}

const serializer =
  (desc: DescMessage) =>
  (message: Message): Buffer =>
    Buffer.from(toBinary(desc, message));
