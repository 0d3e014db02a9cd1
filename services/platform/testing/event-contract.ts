import type { DescFile } from '@bufbuild/protobuf';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { cloudEventSchema, dataSchema, schemaPath } from '../src/events/event-schema.ts';
import { cloudEventType, declaredEvents, declaredStream } from '../src/events/event-type.ts';

/** Says what is wrong with an event, by the schemas that services serve; nothing when it is right. */
export type EventContract = {
  /** As consumers see it: fields they do not know are allowed. */
  readonly problems: (event: unknown) => readonly string[];
  /** As emitters must see it: every field has to be in the contract. */
  readonly problemsOfEmitted: (event: unknown) => readonly string[];
  /** As they stand in `type`. */
  readonly types: readonly string[];
};

export function eventContract(files: readonly DescFile[]): EventContract {
  const lenient = validators(files, (schema) => schema);
  const strict = validators(files, (schema) => ({ ...schema, additionalProperties: false }));
  return {
    problems: (event) => check(lenient, event),
    problemsOfEmitted: (event) => check(strict, event),
    types: [...lenient.keys()],
  };
}

type Schema = Readonly<Record<string, unknown>>;

function validators(files: readonly DescFile[], adapt: (schema: Schema) => Schema): Map<string, ValidateFunction> {
  const ajv = new Ajv2020({
    allErrors: true,
    formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
  });
  const events = files.flatMap((file) => declaredEvents(file).map((event) => ({ event, file })));
  for (const { event } of events) ajv.addSchema(adapt(dataSchema(event)));
  return new Map(
    events.map(({ event: { type }, file }) => {
      const envelope = cloudEventSchema(type, declaredStream(file).service, schemaPath(type));
      return [cloudEventType(type), ajv.compile(adapt(envelope))];
    }),
  );
}

function check(byType: ReadonlyMap<string, ValidateFunction>, event: unknown): string[] {
  const { type } = event as { readonly type?: unknown };
  const validate = byType.get(String(type));
  if (!validate) return [`no event of the contract has the type ${String(type)}`];
  if (validate(event)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${String(type)}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
