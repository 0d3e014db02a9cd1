import { contextOf } from '@millrace/platform/http/call-context';
import { otherVerbs } from '@millrace/platform/http/other-verbs';
import { Level } from '@millrace/proto/options/v1/options';
import express, { type Request, type RequestHandler, type Router } from 'express';
import { parseArtifactPath } from './domain/artifact-path.ts';
import type { FindRoot } from './domain/artifact-root.ts';
import { objectKey } from './domain/object-key.ts';
import type { ArtifactHandler } from './handlers/artifact-call.ts';
import { type AskedArtifact, modelArtifact, runArtifact, runUpload } from './handlers/asked-artifact.ts';
import { getArtifact } from './handlers/get-artifact.ts';
import { uploadSmallArtifact } from './handlers/upload-small-artifact.ts';
import type { RouteDeps } from './routes.ts';

export type OwnedRouteDeps = RouteDeps & { readonly findRoot: FindRoot };

type Verb = 'get' | 'post';
/** What a caller must be allowed on the experiment of the run or model, what is asked for, and what then happens. */
type Endpoint = readonly [Level, (req: Request) => AskedArtifact, ArtifactHandler];

const endpoints = (deps: OwnedRouteDeps): Readonly<Record<string, Partial<Record<Verb, Endpoint>>>> => ({
  '/get-artifact': { get: [Level.READ, runArtifact, getArtifact(deps)] },
  '/ajax-api/2.0/mlflow/upload-artifact': { post: [Level.EDIT, runUpload, uploadSmallArtifact(deps)] },
  '/ajax-api/2.0/mlflow/logged-models/:model_id/artifacts/files': {
    get: [Level.READ, modelArtifact, getArtifact(deps)],
  },
});

/** Artifacts by the run or logged model that owns them, for browsers. */
export function ownedRouter(deps: OwnedRouteDeps): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  for (const [path, byVerb] of Object.entries(endpoints(deps))) {
    const route = router.route(path);
    for (const [verb, endpoint] of Object.entries(byVerb) as [Verb, Endpoint][]) route[verb](guarded(endpoint, deps));
    route.all(otherVerbs(...Object.keys(byVerb).map((verb) => verb.toUpperCase())));
  }
  return router;
}

/** First the path is made safe, then its owner is found, then the caller may go on with that very path, or not. */
function guarded([level, askedOf, handle]: Endpoint, { authorize, findRoot }: OwnedRouteDeps): RequestHandler {
  return async (req, res) => {
    const context = contextOf(res);
    const { owner, path: below } = askedOf(req);
    const root = await findRoot(owner, context);
    await authorize({ type: 'resource', on: 'EXPERIMENT', level, via: undefined, id: root.experimentId }, context);
    const { path } = parseArtifactPath(`${root.path}/${below.path}`);
    const { isDirectory } = below;
    await handle({ path, isDirectory, req, res, context, key: objectKey(context.workspace, path) });
  };
}
