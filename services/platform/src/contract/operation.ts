import type { DescMessage, DescMethod, DescService, Message, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Context } from './context.ts';
import { type Authorize, declaredNeed } from './permissions.ts';

export type Handler<I extends DescMessage, O extends DescMessage> = (
  request: MessageShape<I>,
  context: Context,
) => Promise<MessageInitShape<O>>;

/** One handler per rpc, by name: an rpc without a handler does not compile. */
export type Handlers<S extends DescService> = {
  readonly [K in keyof S['method']]: Handler<S['method'][K]['input'], S['method'][K]['output']>;
};

type Answer = Readonly<Record<string, unknown>>;
type AnyHandler = (request: Message, context: Context) => Promise<Answer>;
export type Implementation = { readonly service: DescService; readonly handlers: Readonly<Record<string, AnyHandler>> };

/** Ties handlers to their service; from here on the message types are only known at run time. */
export function implement<S extends DescService>(service: S, handlers: Handlers<S>): Implementation {
  return { service, handlers: handlers as unknown as Implementation['handlers'] };
}

/** One rpc, ready to be called by any transport with a decoded request: permission first, then the handler. */
export type Operation = { readonly method: DescMethod; readonly call: AnyHandler };

/** Throws one error that lists everything the contract or its handlers lack, so a service never starts half guarded. */
export function operations(implementations: readonly Implementation[], authorize: Authorize): Operation[] {
  const problems: string[] = [];
  const ready = implementations.flatMap(({ service, handlers }) =>
    service.methods.flatMap((method) => {
      try {
        return [operation(method, handlers[method.localName], authorize)];
      } catch (error) {
        problems.push(`${service.typeName}.${method.name} ${(error as Error).message}`);
        return [];
      }
    }),
  );
  if (problems.length > 0) throw new Error(`Cannot serve the contract:\n  ${problems.join('\n  ')}`);
  return ready;
}

function operation(method: DescMethod, handler: AnyHandler | undefined, authorize: Authorize): Operation {
  const needOf = declaredNeed(method);
  if (!handler) throw new Error('has no handler');
  if (method.methodKind !== 'unary') throw new Error('streams; only unary calls have a REST form');
  return {
    method,
    async call(request, context) {
      const readable = await authorize(needOf(request), context);
      return handler(request, readable ? Object.assign(context, { readable }) : context);
    },
  };
}
