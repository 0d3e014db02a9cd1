import type { Authorize, Need } from '@millrace/platform/contract/permissions';
import { contextOf } from '@millrace/platform/http/call-context';
import { otherVerbs } from '@millrace/platform/http/other-verbs';
import { Level } from '@millrace/proto/options/v1/options';
import express, { type Request, type RequestHandler, type Router } from 'express';
import { type ArtifactPath, type ParsedPath, parseArtifactPath, parseEncodedPath } from './domain/artifact-path.ts';
import type { MultipartDeps } from './domain/multipart.ts';
import { objectKey } from './domain/object-key.ts';
import { ownerOf } from './domain/owner.ts';
import type { ArtifactHandler } from './handlers/artifact-call.ts';
import { deleteArtifacts } from './handlers/delete-artifacts.ts';
import { getArtifact } from './handlers/get-artifact.ts';
import { listArtifacts } from './handlers/list-artifacts.ts';
import { multipartHandlers } from './handlers/multipart.ts';
import { presignDownload } from './handlers/presigned-download.ts';
import { putArtifact } from './handlers/put-artifact.ts';
import { putSignedPart } from './handlers/put-part.ts';

export type RouteDeps = MultipartDeps & { readonly authorize: Authorize };

type Verb = 'get' | 'put' | 'post' | 'delete';
/** What a caller must be allowed on the experiment that the path belongs to, and what then happens. */
type Endpoint = readonly [Level, ArtifactHandler];

const ROOTS = ['/api/2.0/mlflow-artifacts', '/ajax-api/2.0/mlflow-artifacts'];

/**
 * Everything that is served outside the contract, below the roots: paths of artifacts have slashes in them, which the
 * contract's path parameters have not. The artifact's path follows a slash at the end, else it is in the query.
 */
const endpoints = (
  deps: RouteDeps,
  multipart = multipartHandlers(deps),
): Readonly<Record<string, Partial<Record<Verb, Endpoint>>>> => ({
  '/artifacts': { get: [Level.READ, listArtifacts(deps)] },
  '/artifacts/': {
    get: [Level.READ, getArtifact(deps)],
    put: [Level.EDIT, putArtifact(deps)],
    delete: [Level.MANAGE, deleteArtifacts(deps)],
  },
  '/mpu/create/': { post: [Level.EDIT, multipart.create] },
  '/mpu/complete/': { post: [Level.EDIT, multipart.complete] },
  '/mpu/abort/': { post: [Level.EDIT, multipart.abort] },
  '/presigned/': { get: [Level.READ, presignDownload(deps)] },
});

export function artifactRouter(deps: RouteDeps): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  for (const [at, byVerb] of Object.entries(endpoints(deps))) {
    for (const root of ROOTS) {
      const route = router.route(pattern(root + at));
      for (const [verb, endpoint] of Object.entries(byVerb) as [Verb, Endpoint][])
        route[verb](guarded(endpoint, deps.authorize, root + at));
      route.all(otherVerbs(...Object.keys(byVerb).map((verb) => verb.toUpperCase())));
    }
  }
  for (const root of ROOTS)
    router.route(`${root}/mpu/parts/:upload_id/:number`).put(putSignedPart(deps)).all(otherVerbs('PUT'));
  return router;
}

/** Without a group, since Express decodes groups by itself. */
const pattern = (prefix: string) =>
  prefix.endsWith('/') ? new RegExp(`^${prefix.replaceAll('.', '\\.')}.+$`) : prefix;

/** First the path is made safe, then the caller may go on with that very path, or not. */
function guarded([level, handle]: Endpoint, authorize: Authorize, prefix: string): RequestHandler {
  return async (req, res) => {
    const context = contextOf(res);
    const parsed = pathOf(req, prefix);
    await authorize(needOf(parsed.path, level), context);
    await handle({ ...parsed, req, res, context, key: objectKey(context.workspace, parsed.path) });
  };
}

function pathOf(req: Request, prefix: string): ParsedPath {
  const [path = '', query = ''] = req.originalUrl.split('?', 2);
  if (prefix.endsWith('/')) return parseEncodedPath(path.slice(prefix.length));
  return parseArtifactPath(new URLSearchParams(query).get('path') ?? '');
}

/** What belongs to no experiment belongs to the workspace. */
function needOf(path: ArtifactPath, level: Level): Need {
  const { experimentId } = ownerOf(path);
  if (experimentId === undefined) return { type: 'place', on: 'WORKSPACE', level };
  return { type: 'resource', on: 'EXPERIMENT', level, via: undefined, id: experimentId };
}
