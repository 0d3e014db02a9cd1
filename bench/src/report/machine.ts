import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** Where the numbers come from, without saying whose machine it is. */
export type Machine = {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string | null;
  readonly commit: string | null;
};

export function describeMachine(postgres: string | null): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    processor: cores[0]?.model.trim() || 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: process.platform,
    node: process.version.slice(1),
    postgres,
    commit: commit(),
  };
}

export function machineInWords({ cores, processor, memoryGib, system, node, postgres, commit }: Machine): string {
  const software = [system, `Node ${node}`, ...(postgres ? [`PostgreSQL ${postgres}`] : [])].join(', ');
  const of = commit ? ` Millrace at commit ${commit}.` : '';
  return `Client, servers and database share ${cores} cores (${processor}) and ${memoryGib} GiB; ${software}.${of}`;
}

/** Null outside a clone. */
function commit(): string | null {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : null;
}
