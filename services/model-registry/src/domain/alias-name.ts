import { InvalidParameterError } from '@millrace/platform/errors';
import { checkLength } from './lengths.ts';

const ALIAS = /^[\p{L}\p{N}_-]+$/u;

/** Throws InvalidParameterError. */
export function checkAliasName(alias: string): void {
  if (!ALIAS.test(alias)) {
    throw new InvalidParameterError(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  checkLength('Registered model alias name', alias);
}

/** Always there and always the newest version. */
export function isLatest(alias: string): boolean {
  return alias.toLowerCase() === 'latest';
}

/** Names that mean something without being set; throws InvalidParameterError. */
export function refuseReserved(alias: string): void {
  if (isLatest(alias)) throw new InvalidParameterError("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) throw new InvalidParameterError(`Version alias name '${alias}' is reserved.`);
}
