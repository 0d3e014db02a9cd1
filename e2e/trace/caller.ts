import { randomBytes } from 'node:crypto';
import { expectOk } from './expect-ok.ts';

/** A call as a client makes it that is traced itself. */
export type TracedCall = {
  readonly traceId: string;
  /** Of the client's own span, which Millrace never sees. */
  readonly spanId: string;
};

/** Posts to the REST API as part of a new trace. */
export async function tracedPost(url: string, path: string, body: unknown): Promise<TracedCall> {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const headers = { 'content-type': 'application/json', traceparent: `00-${traceId}-${spanId}-01` };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  await expectOk(await fetch(`${url}/api/2.0/mlflow/${path}`, init));
  return { traceId, spanId };
}
