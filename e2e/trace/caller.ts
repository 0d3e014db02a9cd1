import { randomBytes } from 'node:crypto';

/** A call as a client makes it that is traced itself. */
export type TracedCall = {
  readonly traceId: string;
  /** Of the client's own span, which Millrace never sees. */
  readonly spanId: string;
};

type Body = Readonly<Record<string, unknown>>;

/** Posts to the REST API; rejects with what it says when that is no 200. */
export async function call(url: string, path: string, body: Body, headers: Body = {}): Promise<Body> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers } as Record<string, string>,
  };
  const response = await fetch(`${url}/api/2.0/mlflow/${path}`, { ...init, body: JSON.stringify(body) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Body;
}

/** As `call`, as part of a new trace. */
export async function tracedCall(url: string, path: string, body: Body): Promise<TracedCall> {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  await call(url, path, body, { traceparent: `00-${traceId}-${spanId}-01` });
  return { traceId, spanId };
}
