import { execFileSync, spawnSync } from 'node:child_process';
import { ConfigError } from '../config.ts';

export type Account = { readonly uid: number; readonly gid: number };

/** A way to start PostgreSQL's programs under an account that PostgreSQL accepts. */
export type RunAs = {
  readonly account: Account;
  readonly command: (program: string, args: readonly string[]) => Command;
};
export type Command = { readonly program: string; readonly args: readonly string[]; readonly options: LaunchOptions };
type LaunchOptions = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
};

/** Rights to pass folders closed to the account, the smaller first; containers often have only the second. */
const CAPABILITIES = [[], ['dac_read_search'], ['dac_override'], ['dac_read_search', 'dac_override']] as const;

/** The account of this process, or for root (which PostgreSQL refuses) `postgres`, else `nobody`. */
export function serverAccount(): Account {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? 0 };
  const account = lookUp('postgres') ?? lookUp('nobody');
  if (account !== undefined) return account;
  throw new ConfigError(
    'PostgreSQL does not run as root and there is no user postgres or nobody: start as an ordinary user, or set DATABASE_URL.',
  );
}

/** Finds out by trying how `program` can be run on `folder` under the account; see docs of `setpriv` for the means. */
export function runAs(account: Account, program: string, folder: string): RunAs {
  const candidates = waysFor(account);
  const way = candidates.find((candidate) => works(candidate, program, folder));
  if (way !== undefined) return way;
  const reason = whyNot(candidates[0], program);
  if (process.getuid?.() !== 0) throw new ConfigError(`PostgreSQL cannot be run on this machine: ${reason}`);
  throw new ConfigError(
    `PostgreSQL does not run as root, and user ${account.uid} cannot reach ${program} or ${folder}: start as an ordinary user, or put Millrace and its data folder (--data) where that user may read, or set DATABASE_URL.`,
  );
}

function waysFor(account: Account): readonly [RunAs, ...RunAs[]] {
  const root = process.getuid?.() === 0;
  const plain = {
    account,
    command: (program: string, args: readonly string[]) => direct(account, root, program, args),
  };
  if (!hasSetpriv()) return [plain];
  const [first, ...others] = (root ? CAPABILITIES : [[]]).map((capabilities) =>
    withSetpriv(account, root, capabilities),
  );
  return first === undefined ? [plain] : [first, ...others, plain];
}

function direct(account: Account, root: boolean, program: string, args: readonly string[]): Command {
  return { program, args, options: { ...(root ? account : {}), cwd: '/', env: environment() } };
}

/** `setpriv` can do two things that Node cannot: keep single rights of root, and end the server when we are killed. */
function withSetpriv(account: Account, root: boolean, capabilities: readonly string[]): RunAs {
  const rights = capabilities.map((name) => `+${name}`).join(',');
  const flags = [
    '--pdeathsig=INT',
    ...(root ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []),
    // Without the secure bit access(2), which PostgreSQL asks about its own programs, would ignore the rights.
    ...(rights === '' ? [] : ['--securebits=+no_setuid_fixup', `--inh-caps=${rights}`, `--ambient-caps=${rights}`]),
  ];
  const command = (program: string, args: readonly string[]): Command => ({
    program: 'setpriv',
    args: [...flags, '--', program, ...args],
    options: { cwd: '/', env: environment() },
  });
  return { account, command };
}

/** PG* and LD_* variables of the person's shell must not reach the server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function hasSetpriv(): boolean {
  return process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig=INT', '--', 'true']).status === 0;
}

function works(way: RunAs, program: string, folder: string): boolean {
  const { program: file, args, options } = way.command('/bin/sh', ['-c', '"$0" --version && cd "$1"', program, folder]);
  return spawnSync(file, args, options).status === 0;
}

function whyNot(way: RunAs, program: string): string {
  const { program: file, args, options } = way.command(program, ['--version']);
  const { stderr, error } = spawnSync(file, args, { ...options, encoding: 'utf8' });
  return error?.message ?? stderr.trim().split('\n')[0] ?? 'it ends at once';
}

function lookUp(user: string): Account | undefined {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
