import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { CloudEvent } from './cloud-event.ts';

/** `runId` → `run_id`, as fields are written in JSON. */
type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : S;

type Fields<M> = {
  readonly [K in keyof M as K extends '$typeName' | '$unknown' ? never : SnakeCase<K & string>]: M[K];
};

/** An event whose `data` is the message that the contract has for it. */
export type TypedEvent<D extends DescMessage> = D extends DescMessage
  ? Omit<CloudEvent, 'data'> & { readonly data: Fields<MessageShape<D>> }
  : never;
