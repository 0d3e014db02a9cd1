import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Found } from './keeper.ts';
import { partsNeededBy } from './needed-parts.ts';
import { type GlobalConfig, type ProjectConfig, selectedTests } from './selected-tests.ts';

declare global {
  /** Between set-up and teardown of one test run. */
  var keeperOfParts: ChildProcess | undefined;
}

/** Starts what the selected tests need; they find it in the variables TEST_*. */
export default async function setUp(global: GlobalConfig, project: ProjectConfig): Promise<void> {
  const names = partsNeededBy(selectedTests(global, project));
  if (names.length === 0) return;
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts'), ...names], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  globalThis.keeperOfParts = keeper;
  const { env, missing } = await answer(keeper);
  Object.assign(process.env, env, { TEST_MISSING_PARTS: JSON.stringify(missing) });
  const failures = Object.entries(missing).map(([name, reason]) => `${name}: ${reason}`);
  for (const failure of failures) process.stderr.write(`skipped: tests that need ${failure}\n`);
  if (process.env['CI'] === 'true' && failures.length > 0)
    throw new Error(`With CI=true no test may be skipped, but these parts are missing:\n${failures.join('\n')}`);
}

async function answer({ stdout }: ChildProcess): Promise<Found> {
  let text = '';
  while (stdout !== null && !text.endsWith('\n')) {
    const [chunk] = (await Promise.race([once(stdout, 'data'), once(stdout, 'end')])) as [Buffer | undefined];
    if (chunk === undefined) throw new Error('The real parts could not be started; the lines above say why');
    text += chunk.toString('utf8');
  }
  return JSON.parse(text) as Found;
}
