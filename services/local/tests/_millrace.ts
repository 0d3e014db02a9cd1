import { execFile } from 'node:child_process';
import { join } from 'node:path';

const SERVICES = join(import.meta.dirname, '../..');

export type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a program of a service, `local/src/millrace.ts` say, with nothing in its environment but what is given. */
export function runProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, [join(SERVICES, file), ...args], { env }, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

export const millrace = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runProgram('local/src/millrace.ts', args, env);
