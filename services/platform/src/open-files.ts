import { readFileSync } from 'node:fs';

/** How many files and connections this process may have open; infinite where there is no /proc. Node raises the soft limit to the hard one. */
export function openFiles(): number {
  try {
    const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined || soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
