import type { Logger } from 'pino';
import type { AppError } from '../errors.ts';

/** Our own failures, once each and with their cause; what callers do wrong is theirs to read. */
export function logFault(log: Logger, error: AppError, where: Readonly<Record<string, unknown>>): void {
  if (error.isFault) log.error({ err: error.cause ?? error, code: error.code, ...where }, 'request failed');
}
