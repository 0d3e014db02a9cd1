import type { DescField, DescMessage } from '@bufbuild/protobuf';

/** Compiles once per message type. A message inside itself meets a stand-in that calls the finished function. */
export function perMessage<In, Out>(compile: (desc: DescMessage) => (value: In) => Out): typeof compile {
  const compiled = new WeakMap<DescMessage, (value: In) => Out>();
  return function get(desc) {
    const known = compiled.get(desc);
    if (known) return known;
    compiled.set(desc, (value) => get(desc)(value));
    const made = compile(desc);
    compiled.set(desc, made);
    return made;
  };
}

/** Timestamp, Duration, Struct and their like have JSON forms of their own, which the library knows. */
export function isWellKnown(desc: DescMessage): boolean {
  return desc.typeName.startsWith('google.protobuf.');
}

/** The library keeps a Struct as the plain JSON object it stands for, but only where it is neither repeated nor in a map. */
export function isPlainJson({ message, fieldKind }: DescField): boolean {
  return message?.typeName === 'google.protobuf.Struct' && fieldKind === 'message';
}
