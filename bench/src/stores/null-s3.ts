import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { drip, type Fault, fail, faultOf, sip } from './null-faults.ts';
import { listing } from './null-listing.ts';
import { metadataOf, NullObjects } from './null-objects.ts';

const FILLER = Buffer.alloc(1024 * 1024, 'millrace');
const ETAG = '"00000000000000000000000000000000"';

type Call = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly objects: NullObjects;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly fault: Fault | undefined;
};

/**
 * A stand-in for S3 that believes every signature, swallows every byte and serves as many of its own: what is left to
 * measure is whoever moves them. Keys may ask for a fault.
 */
export function nullS3(): Server {
  const objects = new NullObjects();
  // bodies may rest for as long as a measurement of faults takes
  const server = createServer({ requestTimeout: 0 }, (req, res) => {
    const { pathname, searchParams: query } = new URL(req.url ?? '/', 'http://null');
    const key = decodeURIComponent(pathname.split('/').slice(2).join('/'));
    const fault = faultOf(key);
    if (!fail(fault, req, res)) void answer({ req, res, objects, key, query, fault });
  });
  return server;
}

async function answer(call: Call): Promise<void> {
  const { req, res, objects, key, query } = call;
  const upload = query.get('uploadId');
  if (req.method === 'PUT') return put(call, upload);
  const body = await textOf(req);
  if (req.method === 'POST' && query.has('uploads')) {
    return xml(res, `<UploadId>${objects.begin(key, req.headers)}</UploadId>`, 'InitiateMultipartUploadResult');
  }
  if (req.method === 'POST' && upload !== null) {
    if (!objects.complete(upload)) return void res.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
    return xml(res, `<ETag>${ETAG}</ETag>`, 'CompleteMultipartUploadResult');
  }
  if (req.method === 'POST' && query.has('delete')) {
    for (const [, found = ''] of body.matchAll(/<Key>(.*?)<\/Key>/g)) objects.delete(found);
    return xml(res, '', 'DeleteResult');
  }
  if (req.method === 'DELETE') {
    if (upload === null) objects.delete(key);
    else objects.abort(upload);
    return void res.writeHead(204).end();
  }
  if (key === '' && req.method === 'GET') return xml(res, listing(objects, query), 'ListBucketResult');
  if (key === '') return void res.writeHead(200).end();
  return get(call);
}

async function put({ req, res, objects, key, query, fault }: Call, upload: string | null): Promise<void> {
  let received = 0;
  if (fault === 'trickle') await sip(req);
  else for await (const chunk of req as AsyncIterable<Buffer>) received += chunk.length;
  const bytes = Number(req.headers['x-amz-decoded-content-length'] ?? received);
  if (upload === null) objects.put(key, { bytes, metadata: metadataOf(req.headers) });
  else if (!objects.putPart(upload, Number(query.get('partNumber')), bytes))
    return void res.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
  const crc32 = req.headers['x-amz-checksum-crc32'];
  res.writeHead(200, { etag: ETAG, ...(crc32 && { 'x-amz-checksum-crc32': crc32 }) }).end();
}

async function get({ req, res, objects, key, fault }: Call): Promise<void> {
  const object = objects.find(key);
  if (!object) return void res.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '') ?? [];
  const first = Number(from ?? 0);
  const last = Math.min(Number(to || object.bytes - 1), object.bytes - 1);
  const bytes = last - first + 1;
  const range = from !== undefined && { 'content-range': `bytes ${first}-${last}/${object.bytes}` };
  const described = { etag: ETAG, 'last-modified': new Date(0).toUTCString(), ...object.metadata };
  res.writeHead(range ? 206 : 200, { ...described, 'content-length': bytes, ...range });
  if (req.method === 'HEAD') return void res.end();
  if (fault === 'trickle') return drip(res, bytes);
  pour(res, bytes);
}

function pour(res: ServerResponse, bytes: number): void {
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const chunk = left < FILLER.length ? FILLER.subarray(0, left) : FILLER;
      left -= chunk.length;
      if (!res.write(chunk)) return void res.once('drain', more);
    }
    res.end();
    return undefined;
  };
  more();
}

function xml(res: ServerResponse, content: string, root: string): void {
  res.writeHead(200, { 'content-type': 'application/xml' });
  res.end(`<?xml version="1.0" encoding="UTF-8"?><${root}>${content}</${root}>`);
}

async function textOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}
