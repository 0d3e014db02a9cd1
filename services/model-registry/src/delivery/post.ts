import { promises as dns, type LookupAddress } from 'node:dns';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressRules } from './addresses.ts';

/** What came back, or why nothing did. */
export type Reply = {
  readonly status: number | null;
  readonly body: string | null;
  readonly error: string | null;
  /** What the receiver asked for. */
  readonly retryAfterMs: number | null;
  readonly durationMs: number;
};

export type Outgoing = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Post = (outgoing: Outgoing, stopping: AbortSignal) => Promise<Reply>;

/** All addresses of a host. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveHost: Resolve = (host) => dns.lookup(host, { all: true });

const MAX_BODY_BYTES = 4_096;

/** Sends one POST, never more: redirects are answers like any other. Rejects only when `stopping` is aborted. */
export function poster(
  rules: AddressRules,
  resolve: Resolve,
  timeoutMs: number,
): Post & { readonly close: () => void } {
  const { send, close } = sender(checkedLookup(rules, resolve));
  const post: Post = async (outgoing, stopping) => {
    const startedAt = performance.now();
    const durationMs = () => Math.round(performance.now() - startedAt);
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([limit, stopping]);
    try {
      refuseLiteral(rules, new URL(outgoing.url));
      const answer = await send(outgoing, signal).catch((error: unknown) => {
        if (error instanceof StaleConnection) return send(outgoing, signal);
        throw error;
      });
      return { ...answer, error: null, durationMs: durationMs() };
    } catch (error) {
      if (stopping.aborted) throw error;
      const says = limit.aborted ? `no answer within ${timeoutMs / 1_000} s` : reason(error);
      return { status: null, body: null, error: says, retryAfterMs: null, durationMs: durationMs() };
    }
  };
  return Object.assign(post, { close });
}

type Send = (outgoing: Outgoing, signal: AbortSignal) => Promise<Answer>;

/** Keeps connections for the next request: few, not for long, and each to an address that was checked when it was made. */
function sender(lookup: LookupFunction): { readonly send: Send; readonly close: () => void } {
  const pool = { keepAlive: true, maxFreeSockets: 64, timeout: 15_000 };
  const agents = { http: new http.Agent(pool), https: new https.Agent(pool) };
  const send: Send = ({ url, headers, body }, signal) => {
    const target = new URL(url);
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method: 'POST', lookup, headers: { ...headers, ...length }, signal };
    return target.protocol === 'https:'
      ? exchange(https.request, target, body, { ...options, agent: agents.https })
      : exchange(http.request, target, body, { ...options, agent: agents.http });
  };
  const close = () => {
    agents.http.destroy();
    agents.https.destroy();
  };
  return { send, close };
}

/** Node asks no resolver for what is an address already. */
function refuseLiteral({ refusal }: AddressRules, { hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  const refused = isIP(host) === 0 ? null : refusal(host, host);
  if (refused !== null) throw new Error(refused);
}

/** What it answers is what is dialled, so that nothing can change between the check and the connection. */
function checkedLookup({ refusal }: AddressRules, resolve: Resolve): LookupFunction {
  return (host, { all }, answer) => {
    const found = resolve(host).then((addresses) => {
      const refused = addresses.map(({ address }) => refusal(host, address)).find((says) => says !== null);
      if (refused) throw new Error(refused);
      const [first] = addresses;
      if (!first) throw new Error(`Cannot resolve webhook URL hostname ${host}`);
      return { addresses, first };
    });
    found.then(
      ({ addresses, first }) => (all ? answer(null, [...addresses]) : answer(null, first.address, first.family)),
      (error: NodeJS.ErrnoException) => answer(error, ''),
    );
  };
}

/** The receiver closed an idle connection at the moment in which it was used again: that is no failure of its own. */
class StaleConnection extends Error {}

type Answer = Pick<Reply, 'body' | 'retryAfterMs'> & { readonly status: number };

function exchange(request: typeof http.request, url: URL, body: string, options: RequestOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(url, options, (res) => {
      const status = res.statusCode ?? 0;
      const retryAfterMs = retryAfter(res);
      readStart(res, (text) => resolve({ status, body: text, retryAfterMs }));
    });
    req.on('error', (error: NodeJS.ErrnoException) => {
      reject(req.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection(error.message) : error);
    });
    req.end(body);
  });
}

/** The first bytes of the body; a longer one ends the connection, a broken one counts as far as it came. */
function readStart(res: IncomingMessage, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  res.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BODY_BYTES) res.destroy();
  });
  res.on('error', () => {});
  res.on('close', () => done(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString()));
}

const MAX_RETRY_AFTER_MS = 86_400_000;

function retryAfter({ headers }: IncomingMessage): number | null {
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

function reason(error: unknown): string {
  const { code, message, errors } = error as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  // several addresses that were tried one after the other
  return message || errors?.map((one) => one.message).join('; ') || code || 'the connection failed';
}
