import { InvalidParameterError } from '@millrace/platform/errors';
import type { Queryable } from '@millrace/platform/postgres';
import { listFilePaths, listVersionsOn, type VersionFiles } from '../store/version-files.ts';

/** Versions that are alive and whose files lie at, below or above one of the directories, by any address of it. */
export async function versionsOn(
  db: Queryable,
  workspace: string,
  addresses: readonly string[],
  limit: number,
): Promise<VersionFiles[]> {
  const directories = await listFilePaths(db, addresses);
  if (directories.includes('')) throw new InvalidParameterError("Invalid value for parameter 'directories': a root");
  const exact = [...new Set(directories.flatMap(withAncestors))];
  return listVersionsOn(db, workspace, { directories, exact }, limit);
}

/** 'a/b' gives 'a/b', 'a' and the root, ''. */
function withAncestors(path: string): string[] {
  const segments = path.split('/');
  return [...segments.keys(), segments.length].map((length) => segments.slice(0, length).join('/'));
}
