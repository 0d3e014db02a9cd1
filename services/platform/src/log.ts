import { type Logger, pino } from 'pino';
import { traceFields } from './telemetry/log-fields.ts';

export type { Logger } from 'pino';

/** JSON lines on standard output; credentials never get into them. */
export function createLog(name: string, level: string): Logger {
  return pino({
    name,
    level,
    mixin: traceFields,
    redact: ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.secretAccessKey'],
  });
}
