import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { limitConnections } from './connection-limit.ts';
import { continueWhenRead } from './continue.ts';
import { cannotListen } from './listen-error.ts';

export type HttpOptions = {
  readonly listener: RequestListener;
  readonly host: string;
  readonly port: number;
  readonly lifecycle: Lifecycle;
  /** For a whole request to arrive; 0 where bodies of any size are streamed. */
  readonly requestTimeoutMs?: number;
  /** How long requests under way may take when the server stops. */
  readonly graceMs?: number;
  /** How much of that connections on which nothing is asked stay open, for those who keep them to let go first. */
  readonly drainMs?: number;
  /** What comes beyond is answered with 503; fewer where the system allows fewer open files. */
  readonly maxConnections?: number;
  readonly log?: Logger;
};

/** Longer than the 60 s for which proxies keep an idle connection, so that it is the proxy who ends it, and never between requests. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 60_000;
/** Without a byte in either direction, whatever the request: a stream gives a sign of life much earlier. */
const SILENCE_MS = 300_000;
const MAX_CONNECTIONS = 16_000;
/** For a request of which only a part has come when the server stops. */
const HALF_SENT_MS = 500;
const SHORT_TURN_MS = 0.3;
/** For the search of a short turn. */
const QUIET_MS = 500;

/** Opens the port; the lifecycle closes it, after the answers under way. Gives the port chosen where 0 was asked for. */
export async function startHttp(options: HttpOptions): Promise<{ port: number }> {
  const { listener, host, port, lifecycle, requestTimeoutMs = 60_000 } = options;
  const underWay = new Set<ServerResponse>();
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: requestTimeoutMs === 0 ? HEADERS_MS : Math.min(HEADERS_MS, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: 16_384,
  });
  server.timeout = SILENCE_MS;
  const limited = limitConnections(server, options.maxConnections ?? MAX_CONNECTIONS, options.log);
  server.on('request', (_req, res) => {
    if (lifecycle.stopping.aborted) res.shouldKeepAlive = false;
    underWay.add(res);
    res.once('close', () => underWay.delete(res));
  });
  server.on('request', limited(listener));
  continueWhenRead(server);
  try {
    await once(server.listen(port, host), 'listening');
  } catch (cause) {
    throw cannotListen(cause, host, port);
  }
  lifecycle.onClose('http', () => close(server, underWay, options));
  return { port: (server.address() as AddressInfo).port };
}

/**
 * Takes no new connection, says goodbye with each answer, and cuts off what is not done in time. A kept connection is closed by
 * the answer to what comes next on it, or by its other end while nothing comes. Were it closed here at once, a request could be
 * on its way into it, and whoever sent that could not know whether it may be sent again.
 */
async function close(
  server: Server,
  underWay: ReadonlySet<ServerResponse>,
  { graceMs = 10_000, drainMs = 0 }: HttpOptions,
): Promise<void> {
  const closed = once(server, 'close');
  const told = performance.now();
  await untilNobodyWaits(server);
  stopAccepting(server);
  for (const res of underWay) res.shouldKeepAlive = false;
  await within(drainMs, closed);
  await within(Math.max(0, graceMs - (performance.now() - told)), drained(underWay));
  server.closeIdleConnections();
  await within(HALF_SENT_MS, closed);
  server.closeAllConnections();
  await closed;
}

/** Kept connections may bring one more request each, so one look is not enough. */
async function drained(underWay: ReadonlySet<ServerResponse>): Promise<void> {
  while (underWay.size > 0) await Promise.all([...underWay].map((res) => once(res, 'close')));
}

/**
 * A connection that the system has taken and the event loop has not is reset with the port. So the port is closed right after a
 * look at it that found none: in a turn of the loop that was too short for anything else. A busy process may find no such turn.
 */
async function untilNobodyWaits(server: Server): Promise<void> {
  let taken = 0;
  const count = () => taken++;
  server.on('connection', count);
  const latest = performance.now() + QUIET_MS;
  let turn = { taken: -1, began: 0 };
  while (taken !== turn.taken || performance.now() - turn.began > SHORT_TURN_MS) {
    turn = { taken, began: performance.now() };
    if (turn.began > latest) break;
    await setImmediate();
  }
  server.off('connection', count);
}

/** Not `server.close()`, which cuts off every answer that is written but not yet sent. */
function stopAccepting(server: Server): void {
  NetServer.prototype.close.call(server);
}

async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const late = setTimeout(ms, undefined, { signal: abort.signal }).catch(() => undefined);
  await Promise.race([done, late]);
  abort.abort();
}
