import type { Json } from './request.ts';

/** What kind of thing a field holds, and a value that is right. */
export type Field = { readonly kind: Kind; readonly valid: Json };
export type Kind =
  | ('text' | 'key' | 'id' | 'integer' | 'double' | 'choice' | 'list')
  | ('version' | 'alias' | 'stage' | 'flag' | 'source');
export type Endpoint = {
  readonly verb: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, Field>>;
};

export const field =
  (kind: Kind) =>
  (valid: Json): Field => ({ kind, valid });

/** Replaced by a text that no other request has. */
export const NEW = '<new>';
