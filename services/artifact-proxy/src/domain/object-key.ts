import { InvalidParameterError } from '@millrace/platform/errors';
import type { ArtifactPath } from './artifact-path.ts';

/** Below it lie the objects of all workspaces but the default one, whose objects were there before there were workspaces. */
export const WORKSPACES = 'workspaces';

/** Where a path of a workspace lies in the store; a path that says its own workspace is taken, another's is refused. */
export function objectKey(workspace: string, path: ArtifactPath): string {
  const [first, named] = path.split('/');
  if (first === WORKSPACES) {
    if (named === undefined) throw new InvalidParameterError(`Path '${path}' must include a workspace name`);
    if (named !== workspace || workspace === 'default')
      throw new InvalidParameterError(`Path '${path}' targets workspace '${named}', not '${workspace}'`);
    return path;
  }
  if (workspace === 'default') return path;
  return path === '' ? `${WORKSPACES}/${workspace}` : `${WORKSPACES}/${workspace}/${path}`;
}
