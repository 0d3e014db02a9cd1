import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { count, dead } = workerData as { readonly count: number; readonly dead: number };
const COMMENT = /"comment":"((?:[^"\\]|\\.)*)"/;
const TELL_EVERY_MS = 50;

let arrived: [receiver: number, id: string, comment: string, at: number][] = [];
setInterval(() => {
  if (arrived.length > 0) parentPort?.postMessage(arrived);
  arrived = [];
}, TELL_EVERY_MS);

/** Receivers are told apart by their path. The dead ones take the request and never answer. */
const server = createServer((req, res) => {
  const receiver = Number(req.url?.slice(1));
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const comment = COMMENT.exec(Buffer.concat(chunks).toString())?.[1] ?? '';
    arrived.push([receiver, String(req.headers['webhook-id']), comment, performance.timeOrigin + performance.now()]);
    if (receiver < count - dead) res.writeHead(200).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === 'object' ? address?.port : 0);
});
