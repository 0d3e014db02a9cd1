import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../log.ts';
import { openFiles } from '../open-files.ts';

/** Database, Kafka and object store connections, and files, of the same process. */
const OTHER_FILES = 1_024;
/** Beyond the limit, for probes: a full server is no dead one. */
const FOR_PROBES = 64;
const PROBES: ReadonlySet<string | undefined> = new Set(['/livez', '/readyz', '/health']);
const SAY_EVERY_MS = 10_000;

const ANSWER = 'HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** Has whoever comes beyond the limit told to come again; gives what stands before the listener for that. */
export function limitConnections(
  server: Server,
  wanted: number,
  log?: Logger,
): (inner: RequestListener) => RequestListener {
  const max = Math.max(1, Math.min(wanted, openFiles() - OTHER_FILES));
  if (max < wanted)
    log?.warn(
      { maxConnections: max, wanted, openFiles: openFiles() },
      'the limit of open files allows fewer connections',
    );
  const extra = new Set<Socket>();
  let [open, saidAt] = [0, 0];
  server.on('connection', (socket: Socket) => {
    open++;
    socket.once('close', () => {
      open--;
      extra.delete(socket);
    });
    if (open <= max) return;
    if (extra.size < FOR_PROBES) extra.add(socket);
    else socket.end(ANSWER, () => socket.destroy());
    if (Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    log?.warn({ maxConnections: max }, 'connections are refused: there are as many as are allowed');
  });
  return (inner) => (req, res) => {
    if (extra.size > 0 && extra.has(req.socket) && !PROBES.has(req.url)) refuse(res);
    else inner(req, res);
  };
}

function refuse(res: ServerResponse): void {
  res.writeHead(503, { 'retry-after': '1', 'content-length': '0', connection: 'close' }).end();
}
