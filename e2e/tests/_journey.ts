import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { baseEnvironment } from '../programs/program.ts';
import type { Transition } from './_moves.ts';

const execute = promisify(execFile);
const JOURNEY = fileURLToPath(new URL('../journey', import.meta.url));

type Server = { readonly url: string; readonly lastLines: () => string };

/**
 * Runs the journey from a git checkout of its own with one commit, so that the client has a commit to record. Rejects with
 * what it and the server printed when a step fails. The client must not retry: a server fault would pass unseen.
 */
export async function runJourney(python: string, server: Server): Promise<readonly Transition[]> {
  const checkout = await mkdtemp(join(tmpdir(), 'millrace-journey-'));
  try {
    await cp(JOURNEY, checkout, { recursive: true });
    await commitAll(checkout);
    const printed = await runPython(python, join(checkout, 'journey.py'), [server.url], {
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
    });
    const last = printed.trimEnd().split('\n').at(-1) ?? '';
    return (JSON.parse(last) as { transitions: Transition[] }).transitions;
  } catch (error) {
    throw new Error(`${String(error)}\nThe server's last lines:\n${server.lastLines()}`);
  } finally {
    await rm(checkout, { recursive: true });
  }
}

/** Standard output of the script; rejects with both outputs when it fails. */
export async function runPython(
  python: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { env: { ...baseEnvironment(), PYTHONDONTWRITEBYTECODE: '1', ...env }, maxBuffer: 16 * 1024 * 1024 };
  const run = execute(python, [script, ...args], options);
  const { stdout } = await run.catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${script} failed:\n${error.stdout}\n${error.stderr?.slice(-4000)}`);
  });
  return stdout;
}

async function commitAll(folder: string): Promise<void> {
  const git = (...args: string[]) => execute('git', args, { cwd: folder, env: baseEnvironment() });
  await git('init', '--quiet');
  await git('add', '.');
  const who = ['-c', 'user.name=journey', '-c', 'user.email=journey@example.org', '-c', 'commit.gpgsign=false'];
  await git(...who, 'commit', '--quiet', '--message', 'Journey');
}
