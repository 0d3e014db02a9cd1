import { InvalidParameterError } from '@millrace/platform/errors';
import { checkLength } from './lengths.ts';
import { normalPath, pathMessage } from './paths.ts';

/** Throws InvalidParameterError; `field` is the request field the name came in. */
export function checkModelName(name: string, field: 'name' | 'new_name' = 'name'): void {
  if (name.trim() === '') throw new InvalidParameterError(`Missing value for required parameter '${field}'.`);
  if (/[/:]/.test(name))
    throw new InvalidParameterError(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  if (!normalPath(name)) throw new InvalidParameterError(pathMessage(field, name));
  checkLength(field, name);
}
