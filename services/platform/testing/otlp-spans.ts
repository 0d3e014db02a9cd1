import { BinaryReader } from '@bufbuild/protobuf/wire';

export type ReceivedSpan = {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** '' for the first of a trace. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Ids of the spans it links to. */
  readonly links: readonly string[];
  readonly failed: boolean;
};

type Fields = ReadonlyMap<number, readonly (Uint8Array | bigint)[]>;

/**
 * The spans of an `ExportTraceServiceRequest`, read by the numbers of its fields:
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function readSpans(request: Uint8Array): ReceivedSpan[] {
  return messages(fields(request), 1).flatMap((resourceSpans) => {
    const [resource] = messages(resourceSpans, 1);
    const service = resource ? (attributes(resource, 1)['service.name'] ?? '') : '';
    return messages(resourceSpans, 2).flatMap((scopeSpans) =>
      messages(scopeSpans, 2).map((span) => readSpan(span, service)),
    );
  });
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const ERROR = 2n;

function readSpan(span: Fields, service: string): ReceivedSpan {
  const [status] = messages(span, 15);
  return {
    service,
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    parentId: hex(span, 4),
    name: text(span, 5),
    kind: KINDS[Number(number(span, 6))] ?? '',
    startMs: Number(number(span, 7)) / 1e6,
    endMs: Number(number(span, 8)) / 1e6,
    attributes: attributes(span, 9),
    links: messages(span, 13).map((link) => hex(link, 2)),
    failed: status !== undefined && number(status, 3) === ERROR,
  };
}

function fields(bytes: Uint8Array): Fields {
  const found = new Map<number, (Uint8Array | bigint)[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    const value = readValue(reader, wire);
    found.set(field, [...(found.get(field) ?? []), value]);
  }
  return found;
}

function readValue(reader: BinaryReader, wire: number): Uint8Array | bigint {
  switch (wire) {
    case 0:
      return BigInt(reader.uint64());
    case 1:
      return BigInt(reader.fixed64());
    case 2:
      return reader.bytes();
    default:
      return BigInt(reader.fixed32());
  }
}

function messages(message: Fields, field: number): Fields[] {
  return (message.get(field) ?? []).map((value) => fields(value as Uint8Array));
}

function attributes(message: Fields, field: number): Record<string, string> {
  return Object.fromEntries(
    messages(message, field).map((pair) => {
      const [value] = messages(pair, 2);
      const plain = value && (value.get(1)?.[0] ?? [...value.values()][0]?.[0]);
      return [text(pair, 1), typeof plain === 'object' ? Buffer.from(plain).toString() : String(plain)];
    }),
  );
}

const last = (message: Fields, field: number) => message.get(field)?.at(-1);
const hex = (message: Fields, field: number) => Buffer.from((last(message, field) as Uint8Array) ?? []).toString('hex');
const text = (message: Fields, field: number) => Buffer.from((last(message, field) as Uint8Array) ?? []).toString();
const number = (message: Fields, field: number) => (last(message, field) as bigint | undefined) ?? 0n;
