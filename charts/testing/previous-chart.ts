import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@millrace/platform/testing/parts/run';
import { chart } from './helm.ts';

const root = join(chart, '../..');
const git = (args: readonly string[]) => run('git', args, { cwd: root });

export type Previous = { readonly chart: string; readonly name: string };

/**
 * The chart people may have installed, written to a folder: that of the newest release tag, or before the first release
 * what the chart was before it was last changed. Undefined where there is no history, as in a downloaded archive.
 */
export async function previousChart(): Promise<Previous | undefined> {
  const commit = await previousCommit().catch(() => undefined);
  if (commit === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'millrace-previous-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await run('sh', ['-c', `git archive "$0" charts/millrace | tar -x -C "$1"`, commit, folder], { cwd: root });
  return { chart: join(folder, 'charts/millrace'), name: commit.slice(0, 12) };
}

async function previousCommit(): Promise<string | undefined> {
  const tags = (await git(['tag', '--list', 'v*', '--sort=-version:refname', '--merged', 'HEAD']))
    .split('\n')
    .filter(Boolean);
  for (const tag of tags) if ((await git(['ls-tree', tag, 'charts/millrace/Chart.yaml'])) !== '') return tag;
  const isChanged = (await git(['status', '--porcelain', '--', 'charts/millrace'])) !== '';
  const changes = (await git(['log', '-2', '--format=%H', '--', 'charts/millrace'])).split('\n').filter(Boolean);
  return isChanged ? changes[0] : changes[1];
}
