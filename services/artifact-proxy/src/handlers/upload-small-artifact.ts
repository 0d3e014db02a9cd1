import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { InvalidParameterError } from '@millrace/platform/errors';
import { type UploadDeps, uploadArtifact } from '../domain/upload-artifact.ts';
import type { ArtifactHandler } from './artifact-call.ts';
import { guardRate } from './guard-rate.ts';

const MAX_BYTES = 10 * 2 ** 20;

const tooLarge = () => new InvalidParameterError('Artifact size is too large. Max size is 10MB.');
const noData = () => new InvalidParameterError('Request must specify data.');

/** What the announced length of a body tells about it, before anything else is looked at. */
export function checkLength({ headers }: IncomingMessage): void {
  if (headers['transfer-encoding'] !== undefined) return;
  const length = Number(headers['content-length'] ?? 0);
  if (length > MAX_BYTES) throw tooLarge();
  if (length === 0) throw noData();
}

/** The upload of MLflow's UI: a file of a few MB, and an empty answer. */
export const uploadSmallArtifact =
  (deps: UploadDeps): ArtifactHandler =>
  async ({ req, res, path, isDirectory, context }) => {
    guardRate(req, res);
    const length = req.headers['content-length'];
    const sizeBytes = length === undefined ? undefined : Number(length);
    const body = Readable.from(bounded(req), { objectMode: false });
    await uploadArtifact(deps, { path, isDirectory, body, sizeBytes }, context);
    res.setHeader('content-length', 0);
    res.end();
  };

/** The request is left open where its body is refused, since it still has to be answered. */
async function* bounded(req: IncomingMessage): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw tooLarge();
    yield chunk;
  }
  if (bytes === 0) throw noData();
}
