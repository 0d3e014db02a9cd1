import { type DescFile, type DescMessage, getOption, hasOption } from '@bufbuild/protobuf';
import { event, stream } from '@millrace/proto/options/v1/events';

declare const known: unique symbol;
/** The name of an event that the contract has, without the `io.millrace.` and version around it. */
export type EventType = string & { readonly [known]: true };

/** The only way to a type that can be emitted; throws, when the service is loaded, for a message that is no event or only planned. */
export function eventType(data: DescMessage): EventType {
  const { type, planned } = getOption(data, event);
  if (type === '' || planned) throw new Error(`${data.typeName} is not an event that can be emitted`);
  return type as EventType;
}

/** What stands in `type` of a CloudEvent. */
export function cloudEventType(type: string): string {
  return `io.millrace.${type}.v1`;
}

export type DeclaredEvent = { readonly type: EventType; readonly data: DescMessage };

/** The events of one file of the contract that are emitted. */
export function declaredEvents(file: DescFile): DeclaredEvent[] {
  return file.messages
    .filter((message) => hasOption(message, event) && !getOption(message, event).planned)
    .map((data) => ({ type: eventType(data), data }));
}

/** Where the events of a file go: topic, last part of their `source`, and what their key says. */
export function declaredStream(file: DescFile): {
  readonly topic: string;
  readonly service: string;
  readonly key: string;
} {
  const { topic, service, key } = getOption(file, stream);
  if (topic === '') throw new Error(`${file.name} does not say to which topic its events go`);
  return { topic, service, key };
}
