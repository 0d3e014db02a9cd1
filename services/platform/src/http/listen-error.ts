import { ConfigError } from '../config.ts';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program already uses it',
  EACCES: 'this user may not open it',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

/** One sentence for whoever starts the server, instead of a stack trace. gRPC has the system's code in its message only. */
export function cannotListen(cause: unknown, host: string, port: number): ConfigError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const known = Object.keys(REASONS).find((name) => name === code || message.includes(name));
  return new ConfigError(`Cannot listen on ${host}:${port}: ${known ? REASONS[known] : message}.`, { cause });
}
