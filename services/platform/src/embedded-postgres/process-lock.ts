import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorCode } from './error-code.ts';
import { processIdentity } from './process-identity.ts';

export type ProcessLock = { readonly release: () => void };
export type LockedBy = { readonly heldBy: number };

/**
 * Makes `path` belong to this process; while another living process has it (or this one already) the answer is that
 * process's id. The folder must exist and support hard links.
 *
 * The lock is the highest numbered file `path.N`. Whoever finds its owner dead makes the next number, which only one
 * can; a number is never made free again, so a slow process cannot take what it saw free long ago.
 */
export function takeProcessLock(path: string): ProcessLock | LockedBy {
  const draft = `${path}.${randomUUID()}`;
  const owner = { pid: process.pid, identity: processIdentity(process.pid) };
  writeFileSync(draft, `${JSON.stringify(owner)}\n`, { mode: 0o644 });
  try {
    for (;;) {
      const last = numbers(path).at(-1) ?? 0;
      const pid = livingOwner(`${path}.${last}`);
      if (pid !== undefined) return { heldBy: pid };
      if (takeNumber(path, last + 1, draft)) return { release: () => writeFileSync(`${path}.${last + 1}`, 'free\n') };
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function takeNumber(path: string, number: number, draft: string): boolean {
  const mine = `${path}.${number}`;
  if (!linked(draft, mine)) return false;
  const all = numbers(path);
  if (all.at(-1) !== number) {
    rmSync(mine, { force: true });
    return false;
  }
  for (const old of all.slice(0, -1)) rmSync(`${path}.${old}`, { force: true });
  return true;
}

function numbers(path: string): readonly number[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/** A text that is no owner's (released, or cut off by a power failure) counts as nobody's. */
function livingOwner(file: string): number | undefined {
  const { pid, identity } = parse(file);
  return typeof pid === 'number' && identity !== undefined && processIdentity(pid) === identity ? pid : undefined;
}

function parse(file: string): { readonly pid?: unknown; readonly identity?: unknown } {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
