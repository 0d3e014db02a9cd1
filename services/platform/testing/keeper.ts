/**
 * Starts the parts named by its arguments, prints where they are, and keeps them until its standard input ends. That
 * happens also when the test run is interrupted or killed, so a run never leaves servers behind.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPart } from './parts/find-part.ts';
import { PART_NAMES, type Part, type PartName } from './parts/part.ts';

/** What the keeper prints as one line of JSON. */
export type Found = {
  readonly env: Readonly<Record<string, string>>;
  readonly missing: Readonly<Partial<Record<PartName, string>>>;
};

const stopping = new AbortController();
const stop = () => stopping.abort();
process.stdin.on('end', stop).on('close', stop).resume();
// Both lead to the test run, which may be gone by now.
for (const output of [process.stdout, process.stderr]) output.on('error', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
// PostgreSQL runs as another user when we are root.
chmodSync(folder, 0o755);
const parts: Part[] = [];
try {
  const names = PART_NAMES.filter((name) => process.argv.includes(name));
  process.stdout.write(`${JSON.stringify(await startAll(names))}\n`);
  if (!stopping.signal.aborted) await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve));
} finally {
  await Promise.allSettled(parts.map(async (part) => part.stop?.()));
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

async function startAll(names: readonly PartName[]): Promise<Found> {
  const missing: Partial<Record<PartName, string>> = {};
  const start = async (name: PartName) => {
    try {
      parts.push(await findPart(name, { folder, stopping: stopping.signal }));
    } catch (error) {
      missing[name] = error instanceof Error ? error.message : String(error);
    }
  };
  await Promise.all(names.map(start));
  return { env: Object.fromEntries(parts.flatMap((part) => Object.entries(part.env))), missing };
}
