import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Process, processTable, readMemory, tree } from './process-table.ts';

/** What the processes of a target have used; database is null where none of them is PostgreSQL. */
export type Usage = { readonly server: Part; readonly database: Part | null };
type Part = { readonly cpuMs: number; readonly memoryMb: number };

/** Undefined where no process is known or nothing can be read about it. */
export function readUsage(roots: readonly number[]): Usage | undefined {
  const { server, database } = parts(roots);
  if (server.length + database.length === 0) return undefined;
  return {
    server: { cpuMs: cpu(server), memoryMb: peakMb(server) },
    database: database.length > 0 ? { cpuMs: cpu(database), memoryMb: databaseMb(database) } : null,
  };
}

/** Lets the peak of memory begin anew; it goes on since the start of processes that belong to somebody else. */
export function forgetPeaks(roots: readonly number[]): void {
  for (const { pid } of parts(roots).server) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // another user's process, or one that has ended
    }
  }
}

const QUIET = { everyMs: 250, cpuMs: 25, patienceMs: 10_000 } as const;

/** Waits until work that answers do not wait for (events, vacuum) is done, so that it is counted where it was caused. */
export async function untilQuiet(roots: readonly number[]): Promise<void> {
  if (roots.length === 0) return;
  const deadline = performance.now() + QUIET.patienceMs;
  for (let before = cpu(all(roots)); performance.now() < deadline; ) {
    await sleep(QUIET.everyMs);
    const now = cpu(all(roots));
    if (now - before <= QUIET.cpuMs) return;
    before = now;
  }
}

function all(roots: readonly number[]): readonly Process[] {
  return tree(processTable(), roots);
}

/** PostgreSQL may be a child of the server, or a root of its own. */
function parts(roots: readonly number[]): {
  readonly server: readonly Process[];
  readonly database: readonly Process[];
} {
  const { server = [], database = [] } = Object.groupBy(all(roots), ({ command }) =>
    command.startsWith('postgres') ? 'database' : 'server',
  );
  return { server, database };
}

function cpu(processes: readonly Process[]): number {
  return processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** The sum of every process's own peak; what they share counts once for each. */
function peakMb(processes: readonly Process[]): number {
  return megabytes(processes.reduce((sum, { pid }) => sum + (readMemory(pid).get('VmHWM') ?? 0), 0));
}

/** Now: what each process has for itself, and the shared buffers once. */
function databaseMb(processes: readonly Process[]): number {
  const memories = processes.map(({ pid }) => readMemory(pid));
  const own = memories.reduce((sum, memory) => sum + (memory.get('RssAnon') ?? 0), 0);
  return megabytes(own + Math.max(...memories.map((memory) => memory.get('RssShmem') ?? 0)));
}

function megabytes(kilobytes: number): number {
  return kilobytes / 1024;
}
