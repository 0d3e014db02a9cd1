import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ObjectStore } from '../object-store/object-store.ts';
import { openObjectStore } from '../object-store/open-object-store.ts';
import { clockFinding, httpClock } from './clock.ts';
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts';
import type { StorePart } from './service-parts.ts';

const CONTENT = 'written by millrace doctor';
const FOLDER = 'millrace-doctor';

/** Does with an object of its own what the service does with others, and takes it away again. */
export async function storeFindings({ config, presigned }: StorePart): Promise<readonly Finding[]> {
  const store = openObjectStore(config);
  const key = `${FOLDER}/${randomUUID()}`;
  const where = config.provider === 's3' ? `s3://${config.bucket}` : config.path;
  try {
    await store.check();
    await writeAndRead(store, key);
    await inParts(store, `${key}-parts`);
    return [
      ok('object store', `${where} takes, gives and deletes objects, also in parts`),
      ...(presigned ? [await presignedFinding(store, key)] : []),
      ...(config.provider === 's3'
        ? [await clock(config.endpoint ?? `https://s3.${config.region}.amazonaws.com`)]
        : []),
    ];
  } catch (error) {
    return [failed('object store', `${where}: ${reasonOf(error)}`, fixFor(config.provider))];
  } finally {
    await store.delete(key).catch(() => {});
    store.close();
  }
}

async function writeAndRead(store: ObjectStore, key: string): Promise<void> {
  await step('an object cannot be written', () => store.put(key, Readable.from([Buffer.from(CONTENT)])));
  const found = await step('an object cannot be read', () => store.get(key));
  if (!found || (await text(found.stream)) !== CONTENT) throw new Error('an object is not read as it was written');
  await step('objects cannot be listed', () => store.list(FOLDER, { limit: 1 }));
  const other = `${key}-deleted`;
  await store.put(other, Readable.from([Buffer.from(CONTENT)]));
  await step('an object cannot be deleted', () => store.delete(other));
  if (await store.stat(other)) throw new Error('an object is still there after it was deleted');
}

async function inParts(store: ObjectStore, key: string): Promise<void> {
  const mark = randomUUID();
  const id = await step('an upload in parts cannot be begun', () => store.multipart.begin(key, mark));
  const upload = { key, id, mark };
  const sizeBytes = Buffer.byteLength(CONTENT);
  const part = () => store.multipart.put(upload, 1, Readable.from([Buffer.from(CONTENT)]), { sizeBytes });
  try {
    await step('a part cannot be written', part);
  } finally {
    await step('an upload in parts cannot be aborted', () => store.multipart.abort(upload));
  }
}

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Error(`${what}: ${reasonOf(cause)}`, { cause });
  }
}

/** From here; whether it is reached from where clients are, only they can tell. */
async function presignedFinding(store: ObjectStore, key: string): Promise<Finding> {
  const part = 'presigned addresses';
  const asked = { expiresSeconds: 60, contentType: 'text/plain', contentDisposition: 'attachment' };
  const fix =
    'See that S3_PUBLIC_ENDPOINT is the address clients reach the store by, and that it keeps Host and query.';
  const signed = await store.presign?.get(key, asked);
  if (!signed) return failed(part, 'this store has none', 'Set ARTIFACT_TRANSFER_MODE=proxy.');
  const { host } = new URL(signed.url);
  try {
    const answer = await fetch(signed.url, { signal: AbortSignal.timeout(5_000) });
    if (answer.ok && (await answer.text()) === CONTENT) return ok(part, `${host} gives what it was asked for`);
    return failed(part, `${host} answered ${answer.status} to a presigned address`, fix);
  } catch (error) {
    return warning(part, `${host} is not reached from here: ${reasonOf(error)}`, fix);
  }
}

async function clock(endpoint: string): Promise<Finding> {
  const part = 'clock of the object store';
  const skew = await httpClock(endpoint, AbortSignal.timeout(5_000)).catch(() => undefined);
  const why = 'S3 refuses requests that are 15 minutes off';
  return skew
    ? clockFinding(part, skew, { warnMs: 60_000, failMs: 600_000, why })
    : ok(part, 'it does not say its time');
}

function fixFor(provider: 's3' | 'folder'): string {
  if (provider === 'folder') return 'Let the user of the service read and write ARTIFACTS_FOLDER.';
  return (
    'See that S3_ENDPOINT, S3_REGION and S3_BUCKET are right, and allow s3:GetObject, PutObject, DeleteObject, ' +
    'AbortMultipartUpload and ListMultipartUploadParts on its objects, ListBucket and ListBucketMultipartUploads on the bucket.'
  );
}
