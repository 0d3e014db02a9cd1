import { type ExecFileOptions, execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program to its end and answers its standard output; a failure carries the last lines it printed. */
export async function run(command: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { maxBuffer: 64 * 1024 * 1024, ...options, encoding: 'utf8' });
    return stdout;
  } catch (error) {
    throw new Error(`${command} ${args.slice(0, 3).join(' ')}: ${lastLines(error)}`);
  }
}

/** Whether the program can be started at all. */
export async function exists(command: string, args: readonly string[] = ['--version']): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

function lastLines(error: unknown): string {
  const printed = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
  const text = printed === '' ? String(error) : printed;
  return text.split('\n').slice(-8).join('\n').slice(-1500);
}
