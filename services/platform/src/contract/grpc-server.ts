import { create, type DescMessage, type DescMethod, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Logger } from 'pino';
import { toAppError } from '../errors.ts';
import { cannotListen } from '../http/listen-error.ts';
import type { Lifecycle } from '../lifecycle.ts';
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
  for (const operation of operations) {
    const name = operation.method.localName;
    server.addService({ [name]: unaryDefinition(operation.method) }, { [name]: unary(operation, options) });
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
    return create(method.output, await call(from.request, new CallContext(identity, requestId, onCancel(from))));
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
