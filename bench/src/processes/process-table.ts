import { readdirSync, readFileSync } from 'node:fs';

export type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Used so far by the process, and by those of its children that have ended. */
  readonly cpuMs: number;
};

/** Linux counts CPU time in hundredths of a second here, whatever its own clock does. */
const TICK_MS = 10;

/** Every process of this machine by its id; none where there is no /proc. */
export function processTable(): ReadonlyMap<number, Process> {
  const table = new Map<number, Process>();
  for (const name of list('/proc')) {
    const pid = Number(name);
    const found = Number.isInteger(pid) ? readProcess(pid) : undefined;
    if (found) table.set(pid, found);
  }
  return table;
}

/** The roots that are alive and all their descendants. */
export function tree(table: ReadonlyMap<number, Process>, roots: readonly number[]): readonly Process[] {
  const children = Map.groupBy(table.values(), ({ parent }) => parent);
  const found = new Map<number, Process>();
  const add = (each: Process) => {
    if (found.has(each.pid)) return;
    found.set(each.pid, each);
    children.get(each.pid)?.forEach(add);
  };
  for (const root of roots) {
    const each = table.get(root);
    if (each) add(each);
  }
  return [...found.values()];
}

/** Undefined when the process has ended meanwhile. */
function readProcess(pid: number): Process | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (!text) return undefined;
  // the command is in parentheses and may contain anything
  const end = text.lastIndexOf(')');
  const [, parent, ...rest] = text.slice(end + 2).split(' ');
  const ticks = rest.slice(9, 13).reduce((sum, value) => sum + Number(value), 0);
  const command = text.slice(text.indexOf('(') + 1, end);
  return { pid, parent: Number(parent), command, cpuMs: ticks * TICK_MS };
}

/** Kilobytes, by the names of /proc/<pid>/status: VmHWM, RssAnon, RssShmem … */
export function readMemory(pid: number): ReadonlyMap<string, number> {
  const lines = (read(`/proc/${pid}/status`) ?? '').matchAll(/^(\w+):\s+(\d+) kB$/gm);
  return new Map([...lines].map(([, name = '', kilobytes]) => [name, Number(kilobytes)]));
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
