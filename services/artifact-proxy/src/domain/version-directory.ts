import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError } from '@millrace/platform/errors';
import { type ArtifactPath, parseArtifactPath, parseEncodedPath } from './artifact-path.ts';
import type { FindRoot } from './artifact-root.ts';
import { servedPath } from './served-path.ts';

export type VersionName = { readonly name: string; readonly version: string };

/** Where the files of a version are. Throws where there is no such version, or the caller may not read its model. */
export type FindSource = (version: VersionName, context: Context) => Promise<string>;

/** The directory of our store that has the files of a version, wherever its source says so. Throws where another store has them. */
export async function versionDirectory(
  { findSource, findRoot }: { readonly findSource: FindSource; readonly findRoot: FindRoot },
  version: VersionName,
  context: Context,
): Promise<ArtifactPath> {
  const uri = await findSource(version, context);
  const raw = servedPath(uri);
  if (raw !== undefined) return parseEncodedPath(raw).path;
  const [, run, below = ''] = /^runs:\/+([^/?#]+)\/?([^?#]*)$/.exec(uri) ?? [];
  if (run === undefined)
    throw new InvalidParameterError(`The files of this version are kept in another store: '${uri}'`);
  const root = await findRoot({ type: 'run', id: run }, context);
  return parseArtifactPath(`${root.path}/${parseEncodedPath(below).path}`).path;
}
