import type { DescFile } from '@bufbuild/protobuf';
import { cloudEventSchema, dataSchema } from './event-schema.ts';
import { cloudEventType, type DeclaredEvent, declaredEvents, declaredStream } from './event-type.ts';

type Json = Readonly<Record<string, unknown>>;

const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';

/** The AsyncAPI 3 document of the events of these files: plain data, made once at start. */
export function asyncApi(title: string, version: string, files: readonly DescFile[]): Json {
  const events = files.flatMap((file) => declaredEvents(file).map((event) => ({ event, file })));
  const perFile = (make: (file: DescFile) => Json) =>
    Object.fromEntries(files.map((file) => [declaredStream(file).service, make(file)]));
  return {
    asyncapi: '3.0.0',
    info: { title, version },
    defaultContentType: CONTENT_TYPE,
    channels: perFile(channel),
    operations: perFile((file) => ({
      action: 'send',
      channel: { $ref: `#/channels/${declaredStream(file).service}` },
    })),
    components: {
      messages: Object.fromEntries(events.map(({ event, file }) => [event.type, message(event, file)])),
      schemas: Object.fromEntries(events.map(({ event }) => [event.type, dataSchema(event)])),
    },
  };
}

function channel(file: DescFile): Json {
  const { topic } = declaredStream(file);
  const messages = declaredEvents(file).map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]);
  return {
    address: topic,
    description: 'KAFKA_TOPIC_PREFIX stands before the name of the topic.',
    messages: Object.fromEntries(messages) as Json,
    bindings: { kafka: { topic, bindingVersion: '0.5.0' } },
  };
}

function message({ type }: DeclaredEvent, file: DescFile): Json {
  const { service, key } = declaredStream(file);
  return {
    name: cloudEventType(type),
    contentType: CONTENT_TYPE,
    headers: headers(type),
    payload: cloudEventSchema(type, service, `#/components/schemas/${type}`),
    bindings: { kafka: { key: { type: 'string', description: key }, bindingVersion: '0.5.0' } },
  };
}

function headers(type: string): Json {
  const names = ['ce_specversion', 'ce_id', 'ce_source', 'ce_subject', 'ce_time', 'ce_partitionkey'];
  const texts = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return { type: 'object', properties: { ...texts, ce_type: { const: cloudEventType(type) } } };
}
