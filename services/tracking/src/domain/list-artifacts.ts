import type { Context } from '@millrace/platform/contract/context';
import type { ArtifactStore, FilePage } from './artifact-store.ts';
import { objectPath } from './object-path.ts';
import { safePath } from './safe-path.ts';

export type Directory = {
  /** An artifact URI. */
  readonly root: string;
  /** Below it, as the caller wrote it. */
  readonly path: string;
  /** Empty for the first page, which is most often the only one. */
  readonly pageToken: string;
};

/** The files of a directory, with paths relative to its root, sorted. */
export async function listDirectory(
  artifacts: ArtifactStore,
  { root, path, pageToken }: Directory,
  context: Context,
): Promise<FilePage> {
  const relative = safePath(path);
  const rootPath = objectPath(root);
  const page = await artifacts.list(relative ? `${rootPath}/${relative}` : rootPath, pageToken, context);
  const prefix = relative ? `${relative}/` : '';
  const files = page.files
    .map((file) => ({ ...file, path: prefix + file.path }))
    .sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  return { files, nextPageToken: page.nextPageToken };
}
