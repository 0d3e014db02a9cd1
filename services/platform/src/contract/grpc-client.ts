import {
  create,
  type DescMethod,
  type DescService,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { Client, type ClientUnaryCall, credentials, Metadata } from '@grpc/grpc-js';
import { currentTraceparent, inSpan, isTracing, SpanKind } from '../telemetry/tracing.ts';
import type { Context, Identity } from './context.ts';
import { fromGrpc } from './grpc-errors.ts';
import { unaryDefinition } from './grpc-server.ts';
import { ACTOR, WORKSPACE } from './identity.ts';

/** On whose behalf a call is made; the context of the handler that makes it is one. */
export type Caller = Identity & Partial<Pick<Context, 'requestId' | 'signal' | 'traceparent'>>;

type Calls<S extends DescService> = {
  readonly [K in keyof S['method']]: (
    request: MessageInitShape<S['method'][K]['input']>,
    caller?: Caller,
  ) => Promise<MessageShape<S['method'][K]['output']>>;
};

/** One method per rpc, and `close`. Fails with what the other service threw, as if it had been thrown here. */
export type GrpcClient<S extends DescService> = Calls<S> & { readonly close: () => void };

export type ClientOptions = {
  /** For one call with its retries. */
  readonly deadlineMs: number;
  /** For calls that no request of somebody else's is behind. */
  readonly identity?: Identity;
  readonly maxMessageBytes?: number;
};

/** Three tries where a server is away for a moment, spread over all addresses a name stands for. */
const SERVICE_CONFIG = JSON.stringify({
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: '0.1s',
        maxBackoff: '1s',
        backoffMultiplier: 3,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
});

/** Connects when first called. `address` is `host:port`. */
export function grpcClient<S extends DescService>(service: S, address: string, options: ClientOptions): GrpcClient<S> {
  const { maxMessageBytes = 8 * 2 ** 20 } = options;
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.service_config': SERVICE_CONFIG,
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 5_000,
  });
  const calls = service.methods.map((method) => [method.localName, unaryCall(client, method, options)]);
  return { ...Object.fromEntries(calls), close: () => client.close() } as GrpcClient<S>;
}

function unaryCall(client: Client, method: DescMethod, { deadlineMs, identity }: ClientOptions) {
  const { path, requestSerialize, responseDeserialize } = unaryDefinition(method);
  const send = (init: object, caller: Caller | undefined): Promise<Message> =>
    new Promise((done, fail) => {
      const request = create(method.input, { ...init });
      const deadline = { deadline: Date.now() + deadlineMs };
      const call: ClientUnaryCall = client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadataOf(caller),
        deadline,
        (error, answer) => {
          caller?.signal?.removeEventListener('abort', cancel);
          if (error) fail(fromGrpc(error));
          else done(answer as Message);
        },
      );
      const cancel = () => call.cancel();
      if (caller?.signal?.aborted) cancel();
      else caller?.signal?.addEventListener('abort', cancel);
    });
  const span = { name: path.slice(1), kind: SpanKind.CLIENT, attributes: { 'rpc.system.name': 'grpc' } };
  return (init: object, caller: Caller | undefined = identity): Promise<Message> =>
    isTracing() ? inSpan(span, () => send(init, caller)) : send(init, caller);
}

function metadataOf(caller: Caller | undefined): Metadata {
  const metadata = new Metadata();
  if (!caller) return metadata;
  metadata.set(ACTOR, encodeURIComponent(caller.actor));
  metadata.set(WORKSPACE, encodeURIComponent(caller.workspace));
  if (caller.requestId !== undefined) metadata.set('x-request-id', caller.requestId);
  const traceparent = currentTraceparent() ?? caller.traceparent;
  if (traceparent !== undefined) metadata.set('traceparent', traceparent);
  return metadata;
}
