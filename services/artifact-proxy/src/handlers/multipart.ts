import { ByteBudget } from '@millrace/platform/contract/byte-budget';
import { parseBody, readBody } from '@millrace/platform/contract/request-body';
import { InvalidParameterError } from '@millrace/platform/errors';
import { sendJson } from '@millrace/platform/http/respond';
import type { Request } from 'express';
import { z } from 'zod';
import { type ArtifactPath, parseArtifactPath } from '../domain/artifact-path.ts';
import { abortUpload, completeUpload, createUpload, MAX_PARTS, type MultipartDeps } from '../domain/multipart.ts';
import type { ArtifactCall, ArtifactHandler } from './artifact-call.ts';
import { publicRoot } from './public-root.ts';

/** 10,000 parts, each with the address it was sent to. */
const MAX_BODY_BYTES = 32 * 2 ** 20;

/** Of all such requests together. */
const MAX_BODIES_BYTES = 64 * 2 ** 20;

const text = z.string().min(1);
const Create = z.object({ path: text, num_parts: z.int().min(1).default(1) });
const PartSent = z.object({ part_number: z.int().min(1).max(MAX_PARTS), etag: z.string() });
const Complete = z.object({ path: text, upload_id: text, parts: z.array(PartSent).min(1).max(MAX_PARTS) });
const Abort = z.object({ path: text, upload_id: text });

type Deps = MultipartDeps & { readonly bodies: ByteBudget };

/** The three steps of an upload of which the client cuts the parts. */
export function multipartHandlers(deps: MultipartDeps) {
  const all = { ...deps, bodies: new ByteBudget(MAX_BODIES_BYTES) };
  return { create: create(all), complete: complete(all), abort: abort(all) };
}

const create =
  (deps: Deps): ArtifactHandler =>
  async (call) => {
    const { path, num_parts: parts } = await bodyOf(call.req, Create, deps.bodies);
    const base = publicRoot(call.req, deps.transfers);
    const created = await createUpload(deps, { path: fileIn(call, path), parts }, base, call.context);
    const credentials = created.credentials.map(({ url, partNumber, headers }) => ({
      url,
      part_number: partNumber,
      headers,
    }));
    sendJson(call.res, 200, JSON.stringify({ upload_id: created.id, credentials }));
  };

const complete =
  (deps: Deps): ArtifactHandler =>
  async (call) => {
    const { path, upload_id: id, parts: sent } = await bodyOf(call.req, Complete, deps.bodies);
    const parts = sent.map(({ part_number: number, etag }) => ({ number, etag })).sort((a, b) => a.number - b.number);
    if (parts.some(({ number }, i) => number === parts[i - 1]?.number))
      throw new InvalidParameterError("Invalid value for parameter 'parts': a part is there twice");
    await completeUpload(deps, { id, path: fileIn(call, path), parts }, call.context);
    sendJson(call.res, 200, '{}');
  };

const abort =
  (deps: Deps): ArtifactHandler =>
  async (call) => {
    const { path, upload_id: id } = await bodyOf(call.req, Abort, deps.bodies);
    await abortUpload(deps, id, fileIn(call, path), call.context);
    sendJson(call.res, 200, '{}');
  };

/** The URL names the directory; clients say where the file lies on their own disk, of which only its name is meant. */
function fileIn({ path }: ArtifactCall, local: string): ArtifactPath {
  const name = local.split(/[\\/]/).at(-1) ?? '';
  if (name === '') throw new InvalidParameterError("Invalid value for parameter 'path': it names no file");
  return parseArtifactPath(`${path}/${name}`).path;
}

async function bodyOf<S extends z.ZodType>(req: Request, schema: S, bodies: ByteBudget): Promise<z.infer<S>> {
  let held = 0;
  const hold = (bytes: number) => {
    bodies.take(bytes);
    held += bytes;
  };
  try {
    const parsed = schema.safeParse(parseBody(await readBody(req, MAX_BODY_BYTES, hold)));
    if (parsed.success) return parsed.data;
    throw invalid(parsed.error.issues[0]);
  } finally {
    bodies.give(held);
  }
}

function invalid(issue: z.core.$ZodIssue | undefined): InvalidParameterError {
  const field = issue?.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return new InvalidParameterError(`Invalid value for parameter '${field?.replace(/^\./, '')}': ${issue?.message}`);
}
