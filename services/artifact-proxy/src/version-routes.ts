import { contextOf } from '@millrace/platform/http/call-context';
import { otherVerbs } from '@millrace/platform/http/other-verbs';
import express, { type Router } from 'express';
import { parseArtifactPath } from './domain/artifact-path.ts';
import type { FindRoot } from './domain/artifact-root.ts';
import { objectKey } from './domain/object-key.ts';
import { type FindSource, versionDirectory } from './domain/version-directory.ts';
import { versionArtifact } from './handlers/asked-artifact.ts';
import { getArtifact } from './handlers/get-artifact.ts';
import type { RouteDeps } from './routes.ts';

export type VersionRouteDeps = RouteDeps & { readonly findSource: FindSource; readonly findRoot: FindRoot };

/**
 * Files by the model version that stands on them, for browsers. Whoever may read the registered model may read them: the registry,
 * asked on behalf of the caller, has the word on that.
 */
export function versionRouter(deps: VersionRouteDeps): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const send = getArtifact(deps);
  router
    .route('/model-versions/get-artifact')
    .get(async (req, res) => {
      const context = contextOf(res);
      const { version, path: below } = versionArtifact(req);
      const directory = await versionDirectory(deps, version, context);
      const { path } = parseArtifactPath(`${directory}/${below.path}`);
      const { isDirectory } = below;
      await send({ path, isDirectory, req, res, context, key: objectKey(context.workspace, path) });
    })
    .all(otherVerbs('GET'));
  return router;
}
