import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/**
 * A text that no other process on this machine has had or will have, because process ids are used again; undefined
 * when no such process runs (a zombie counts as gone).
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** The command line of a running process, its arguments joined by single spaces; empty when it cannot be told. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return ps(pid, 'command=');
  } catch {
    return '';
  }
}

function fromProc(pid: number): string | undefined {
  try {
    // The name in parentheses may hold spaces; what follows it begins with field 3, the state. Field 22 is the start.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\)\s/s, '')
      .split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync(BOOT_ID, 'latin1').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): string | undefined {
  try {
    const [state, ...start] = ps(pid, 'state=,lstart=').split(/\s+/);
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

function ps(pid: number, format: string): string {
  return execFileSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
}
