import { pour } from '@millrace/platform/http/pour';
import { RangeNotSatisfiable } from '@millrace/platform/object-store/object-store';
import { checkProxiedSize } from '../domain/proxied-size.ts';
import { type StatDeps, statArtifact } from '../domain/stat-artifact.ts';
import type { Transfers } from '../domain/transfers.ts';
import type { ArtifactCall, ArtifactHandler } from './artifact-call.ts';
import { setDescription } from './download-headers.ts';
import { guardRate } from './guard-rate.ts';
import { missing } from './missing.ts';
import { requestedRange } from './requested-range.ts';

type Deps = StatDeps & { readonly transfers: Transfers };

/** A plain download asks the store once; one with conditions looks first. HEAD is a download without its bytes. */
export const getArtifact =
  (deps: Deps): ArtifactHandler =>
  async (call) => {
    const { headers, method } = call.req;
    const looksFirst =
      method === 'HEAD' || headers.range !== undefined || 'if-none-match' in headers || 'if-modified-since' in headers;
    guardRate(call.req, call.res);
    if (!looksFirst) await sendBytes(deps, call);
    else await answerConditions(deps, call);
  };

async function answerConditions(deps: Deps, call: ArtifactCall): Promise<void> {
  const { store } = deps;
  const { req, res, path, isDirectory, key } = call;
  if (req.method === 'HEAD') return describe(deps, call);
  const info = isDirectory ? undefined : await store.stat(key);
  if (!info) throw await missing(store, call);
  setDescription(res, path, info);
  if (req.fresh) {
    res.status(304).end();
  } else {
    const range = requestedRange(req, info);
    if (range === 'unsatisfiable') refuseRange(call, info.totalBytes);
    else await sendBytes(deps, call, range).catch(wholeAfterChange(deps, call));
  }
}

async function describe(deps: Deps, call: ArtifactCall): Promise<void> {
  const { req, res, path, isDirectory, key } = call;
  const info = isDirectory ? undefined : await statArtifact(deps, key);
  if (!info) throw await missing(deps.store, call);
  setDescription(res, path, info);
  const { sha256, totalBytes } = info;
  if (sha256) res.setHeader('repr-digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
  if (req.fresh) res.statusCode = 304;
  else res.setHeader('content-length', totalBytes);
  res.end();
}

async function sendBytes(
  { store, transfers }: Deps,
  call: ArtifactCall,
  range?: { first: number; last: number },
): Promise<void> {
  const { res, path, isDirectory, key, context } = call;
  const body = isDirectory ? undefined : await store.get(key, { range, signal: context.signal });
  if (!body) throw await missing(store, call);
  try {
    checkProxiedSize(transfers, body.sizeBytes, 'DOWNLOAD');
  } catch (error) {
    body.stream.destroy();
    throw error;
  }
  setDescription(res, path, body);
  res.setHeader('content-length', body.sizeBytes);
  if (range) {
    res.statusCode = 206;
    res.setHeader('content-range', `bytes ${range.first}-${range.first + body.sizeBytes - 1}/${body.totalBytes}`);
  }
  try {
    await pour(body.stream, res);
  } catch (error) {
    if (!context.signal.aborted) throw error; // a caller who goes away is no fault of anybody
  }
}

/** It became shorter since we looked: then what is there now, all of it. */
const wholeAfterChange = (deps: Deps, call: ArtifactCall) => (error: unknown) => {
  if (!(error instanceof RangeNotSatisfiable)) throw error;
  return sendBytes(deps, call);
};

function refuseRange({ res }: ArtifactCall, totalBytes: number): void {
  res.status(416).setHeader('content-range', `bytes */${totalBytes}`);
  res.removeHeader('content-disposition');
  res.end();
}
