import { Client } from 'undici';

/** The body of a 2xx answer. */
export type Answer = Buffer;

/** POST with a body, GET without. Throws `Failure` for any other answer than 2xx, and for none. */
export type Send = (path: string, body?: string) => Promise<Answer>;

/** What happened instead of a 2xx: `429`, `timed out`, `ECONNRESET`. */
export class Failure extends Error {
  readonly kind: string;
  constructor(kind: string, detail: string) {
    super(`${kind} ${detail}`);
    this.name = 'Failure';
    this.kind = kind;
  }
}

export type Connection = { readonly send: Send; readonly close: () => Promise<void> };

const JSON_HEADERS = { 'content-type': 'application/json' };

/** One TCP connection, one request at a time. */
export function connect(url: string, timeoutMs: number): Connection {
  const client = new Client(url, { pipelining: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const send: Send = (path, body) =>
    new Promise((resolve, reject) => {
      let status = 0;
      const chunks: Buffer[] = [];
      // undici's `request` would make a stream for each answer, which costs more than all the rest
      client.dispatch(
        body === undefined ? { path, method: 'GET' } : { path, method: 'POST', headers: JSON_HEADERS, body },
        {
          onRequestStart() {},
          onResponseStart(_controller, code) {
            status = code;
          },
          onResponseData(_controller, chunk) {
            chunks.push(chunk);
          },
          onResponseEnd() {
            const answer = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
            if (status >= 200 && status < 300) resolve(answer);
            else reject(new Failure(String(status), answer.toString('utf8', 0, 500)));
          },
          onResponseError(_controller, error) {
            reject(new Failure(kind(error), error.message));
          },
        },
      );
    });
  return { send, close: () => client.destroy() };
}

function kind(error: Error): string {
  const code = 'code' in error ? String(error.code) : error.name;
  return /TIMEOUT/.test(code) ? 'timed out' : code;
}
