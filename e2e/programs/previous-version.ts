import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** Commits that are looked at; the last that fits is far enough back. */
const WINDOW = 40;
/** From this file on, a version goes on working on a schema that a newer one has added to. */
const TOLERANT = 'services/platform/src/migrations/compatibility.ts';
const MIGRATION = /migrations\/.*\.sql$/;

/**
 * The oldest of the last commits whose migrations are all there still, unchanged: what could be running when the present
 * version is installed. A text says why there is none.
 */
export function previousCommit(): { readonly commit: string } | string {
  const log = git('log', '--first-parent', '--skip=1', `--max-count=${WINDOW}`, '--format=%H');
  if (log === undefined) return 'this is no clone, or git is missing';
  const commits = log.split('\n').filter(Boolean);
  if (commits.length === 0) return 'the clone has no history';
  const now = blobsNow();
  const fitting = commits.filter((commit) => fits(commit, now)).at(-1);
  return fitting === undefined ? 'every earlier commit here has other migrations' : { commit: fitting };
}

/** Puts the sources of a commit into a folder, with the packages of this clone, ready to run. */
export function checkOut(commit: string, folder: string): void {
  run('sh', ['-c', 'git archive "$0" services proto package.json | tar -x -C "$1"', commit, folder], ROOT);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@millrace'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== '@millrace') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  for (const service of readdirSync(join(folder, 'services'))) {
    symlinkSync(join(folder, 'services', service), join(modules, '@millrace', service));
    const own = join(ROOT, 'services', service, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(folder, 'services', service, 'node_modules'));
  }
  symlinkSync(join(folder, 'proto'), join(modules, '@millrace', 'proto'));
  run(join(modules, '.bin', 'buf'), ['generate'], join(folder, 'proto'));
}

function fits(commit: string, now: ReadonlyMap<string, string>): boolean {
  const tree = git('ls-tree', '-r', commit, '--', 'services') ?? '';
  const files = new Map([...tree.matchAll(/^\d+ blob (\w+)\t(.+)$/gm)].map(([, blob = '', path = '']) => [path, blob]));
  if (!files.has(TOLERANT)) return false;
  return [...files].every(([path, blob]) => !MIGRATION.test(path) || now.get(path) === blob);
}

/** Of the files as they lie here, committed or not. */
function blobsNow(): ReadonlyMap<string, string> {
  const paths = (git('ls-files', '--cached', '--others', '--exclude-standard', 'services') ?? '')
    .split('\n')
    .filter((path) => MIGRATION.test(path) && existsSync(join(ROOT, path)));
  const blobs = (git('hash-object', '--', ...paths) ?? '').split('\n');
  return new Map(paths.map((path, i) => [path, blobs[i] ?? '']));
}

function git(...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return status === 0 ? stdout.trim() : undefined;
}

function run(program: string, args: readonly string[], cwd: string): void {
  const env = { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}` }; // buf looks for its plugins there
  const { status, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr ?? error?.message}`);
}
