import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export type Program = {
  readonly pid: number;
  /** Resolves with the exit code, or null when a signal ended the program. */
  readonly ended: Promise<number | null>;
  /** Sends the signal and waits until the program is gone; harmless when it already is. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
  /** The last lines it printed, for messages about failures. */
  readonly lastLines: () => string;
};

export type Command<T> = {
  /** A program of ours. */
  readonly main?: URL;
  /** The Node that runs us, unless given. */
  readonly program?: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Puts it, with the programs it starts, into a process group of its own, as a terminal does. */
  readonly ownGroup?: boolean;
  /** Called at once, long before it is ready. */
  readonly onSpawn?: (pid: number) => void;
  /** Called with each line until it gives what the program says about itself when it is ready. */
  readonly readyWhen: (line: string) => T | undefined;
};

const KEPT_LINES = 60;
const START_TIMEOUT_MS = 120_000;

/** Runs a program as a process of its own, with no more of our environment than it needs to run. */
export async function startProgram<T>({
  main,
  program = process.execPath,
  args = [],
  env,
  ownGroup = false,
  onSpawn,
  readyWhen,
}: Command<T>): Promise<Program & { ready: T }> {
  const child = spawn(program, [...(main ? [main.pathname] : []), ...args], {
    env: { ...baseEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
  });
  if (child.pid !== undefined) onSpawn?.(child.pid);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const lines: string[] = [];
  const ready = firstAnswer([child.stdout, child.stderr], (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    return readyWhen(line);
  });
  const lastLines = () => lines.join('\n');
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  const outcome = await Promise.race([
    ready.then((said) => ({ said })),
    ended.then((code) => ({ why: `it ended with code ${code}` })),
    once(timeout, 'abort').then(() => ({ why: `it was not ready after ${START_TIMEOUT_MS} ms` })),
  ]);
  if ('said' in outcome) return { pid: child.pid ?? 0, ended, stop, lastLines, ready: outcome.said };
  await stop('SIGKILL');
  throw new Error(`${main?.pathname ?? program} did not start: ${outcome.why}\n${lastLines()}`);
}

function firstAnswer<T>(outputs: readonly Readable[], ask: (line: string) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    for (const input of outputs) {
      createInterface({ input }).on('line', (line) => {
        const said = ask(line);
        if (said !== undefined) resolve(said);
      });
    }
  });
}

/** What any program needs; proxies, credentials and MLflow settings of the developer stay outside. */
export function baseEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '', USER = '', TMPDIR = '' } = process.env;
  return { PATH, HOME, LANG: 'C.UTF-8', ...(USER && { USER }), ...(TMPDIR && { TMPDIR }) };
}
