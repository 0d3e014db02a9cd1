import type { DiagLogger } from '@opentelemetry/api';
import type { Logger } from '../log.ts';

const SILENCE_MS = 60_000;

/** What OpenTelemetry says of itself, at most once a minute: a collector that is away would fill the log. */
export function quietly(log: Logger): DiagLogger {
  let nextAt = 0;
  const warn = (message: string) => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + SILENCE_MS;
    log.warn({ reason: reason(message) }, 'telemetry could not be sent');
  };
  const nothing = () => {};
  return { error: warn, warn, info: nothing, debug: nothing, verbose: nothing };
}

const MAX = 300;

/** Errors come as JSON of everything they have. */
function reason(message: string): string {
  try {
    return String((JSON.parse(message) as { readonly message?: unknown }).message).slice(0, MAX);
  } catch {
    return message.slice(0, MAX);
  }
}
