import { ConfigError } from '../config.ts';

/** Runs a command to its end: what a person can put right is one sentence and exit code 2, anything else has its stack. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isTheirs =
      error instanceof ConfigError || ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    process.stderr.write(`${isTheirs ? error.message : error.stack}\n`);
    process.exitCode = 2;
  }
}

export type Print = (line: string) => void;

/** For results; the reader of a pipe may have gone. */
export const print: Print = (line) => void process.stdout.write(`${line}\n`);
