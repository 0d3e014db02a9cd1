import { ConfigError } from '../config.ts';

/** What was looked at and how it is; whatever is not `ok` comes with what to do about it. */
export type Finding = {
  /** What was looked at: `database`, `kafka`, … */
  readonly part: string;
  readonly detail: string;
} & ({ readonly status: 'ok' } | { readonly status: 'warning' | 'failed'; readonly fix: string });

export const ok = (part: string, detail: string): Finding => ({ part, status: 'ok', detail });
export const warning = (part: string, detail: string, fix: string): Finding => ({
  part,
  status: 'warning',
  detail,
  fix,
});
export const failed = (part: string, detail: string, fix: string): Finding => ({ part, status: 'failed', detail, fix });

/** The message of an error, or of the first of several; kafkajs and Node leave some messages empty. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  const { message, code } = error as { message?: unknown; code?: unknown };
  return String(message || code || error);
}

/** A check that takes longer has failed, whatever hangs in it. */
export async function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ConfigError(`no answer within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
