import { InvalidParameterError } from '../errors.ts';
import { type Identifier, identifier } from './comparison.ts';
import { tokens } from './lexer.ts';

export type OrderBy = Identifier & { readonly ascending: boolean };

/** One item of an `order_by` list: an identifier and, perhaps, ASC or DESC in any case. Throws InvalidParameterError. */
export function parseOrderBy(text: string): OrderBy {
  const invalid = () => new InvalidParameterError(`Invalid order_by clause '${text}'. Could not be parsed.`);
  if (text !== text.trim()) throw invalid();
  let parts: ReturnType<typeof tokens>;
  try {
    parts = tokens(text, 'order_by');
  } catch {
    throw invalid();
  }
  const [name, direction, ...rest] = parts;
  if (name?.type !== 'name' || rest.length > 0) throw invalid();
  if (direction && direction.type !== 'name') throw invalid();
  return { ...identifier(name.text), ascending: isAscending(direction?.text ?? 'ASC', text) };
}

function isAscending(direction: string, text: string): boolean {
  const upper = direction.toUpperCase();
  if (upper !== 'ASC' && upper !== 'DESC') {
    throw new InvalidParameterError(`Invalid ordering key in order_by clause '${text}'.`);
  }
  return upper === 'ASC';
}
