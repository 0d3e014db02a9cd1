import { sendJson } from '@millrace/platform/http/respond';
import { checkProxiedSize } from '../domain/proxied-size.ts';
import type { Transfers } from '../domain/transfers.ts';
import { type UploadDeps, uploadArtifact } from '../domain/upload-artifact.ts';
import type { ArtifactHandler } from './artifact-call.ts';
import { guardRate } from './guard-rate.ts';

type Deps = UploadDeps & { readonly transfers: Transfers };

export const putArtifact =
  (deps: Deps): ArtifactHandler =>
  async ({ req, res, path, isDirectory, context }) => {
    const length = req.headers['content-length'];
    const sizeBytes = length === undefined ? undefined : Number(length);
    checkProxiedSize(deps.transfers, sizeBytes, 'UPLOAD');
    guardRate(req, res);
    const { maxProxiedBytes: maxBytes } = deps.transfers;
    await uploadArtifact(deps, { path, isDirectory, body: req, sizeBytes, maxBytes }, context);
    sendJson(res, 200, '{}');
  };
