import { pipeline } from 'node:stream/promises';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { type ObjectStore, RangeNotSatisfiable } from '@millrace/platform/object-store/object-store';
import type { ArtifactCall, ArtifactHandler } from './artifact-call.ts';
import { setDescription } from './download-headers.ts';
import { dropWhenIdle } from './idle.ts';
import { requestedRange } from './requested-range.ts';

type Deps = { readonly store: ObjectStore };

/** A plain download asks the store once; one with conditions looks first. HEAD is a download without its bytes. */
export const getArtifact =
  ({ store }: Deps): ArtifactHandler =>
  async (call) => {
    const { headers, method } = call.req;
    const looksFirst =
      method === 'HEAD' || headers.range !== undefined || 'if-none-match' in headers || 'if-modified-since' in headers;
    dropWhenIdle(call.req);
    if (!looksFirst) await sendBytes(store, call);
    else await answerConditions(store, call);
  };

async function answerConditions(store: ObjectStore, call: ArtifactCall): Promise<void> {
  const { req, res, path, isDirectory, key } = call;
  const info = isDirectory ? undefined : await store.stat(key);
  if (!info) throw await missing(store, call);
  setDescription(res, path, info);
  if (req.fresh) {
    res.status(304).end();
  } else if (req.method === 'HEAD') {
    res.setHeader('content-length', info.totalBytes);
    res.end();
  } else {
    const range = requestedRange(req, info);
    if (range === 'unsatisfiable') refuseRange(call, info.totalBytes);
    else await sendBytes(store, call, range).catch(wholeAfterChange(store, call));
  }
}

async function sendBytes(
  store: ObjectStore,
  call: ArtifactCall,
  range?: { first: number; last: number },
): Promise<void> {
  const { res, path, isDirectory, key, context } = call;
  const body = isDirectory ? undefined : await store.get(key, { range, signal: context.signal });
  if (!body) throw await missing(store, call);
  setDescription(res, path, body);
  res.setHeader('content-length', body.sizeBytes);
  if (range) {
    res.statusCode = 206;
    res.setHeader('content-range', `bytes ${range.first}-${range.first + body.sizeBytes - 1}/${body.totalBytes}`);
  }
  try {
    await pipeline(body.stream, res);
  } catch (error) {
    if (!context.signal.aborted) throw error; // a caller who goes away is no fault of anybody
  }
}

/** It became shorter since we looked: then what is there now, all of it. */
const wholeAfterChange = (store: ObjectStore, call: ArtifactCall) => (error: unknown) => {
  if (!(error instanceof RangeNotSatisfiable)) throw error;
  return sendBytes(store, call);
};

function refuseRange({ res }: ArtifactCall, totalBytes: number): void {
  res.status(416).setHeader('content-range', `bytes */${totalBytes}`);
  res.removeHeader('content-disposition');
  res.end();
}

async function missing(store: ObjectStore, { path, key }: ArtifactCall): Promise<Error> {
  const { entries } = await store.list(key, { limit: 1 });
  return entries.length > 0
    ? new InvalidParameterError(`Artifact path refers to a directory, not a file: '${path}'`)
    : new NotFoundError(`No such artifact: '${path}'`);
}
