import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One kept connection, one request at a time, with as little as possible around it: there are thousands of them. */
export type RawConnection = {
  readonly socket: Socket;
  /** The status of the answer. Rejects when the connection ends instead. */
  readonly ask: (path: string, body?: string) => Promise<number>;
  readonly isOpen: () => boolean;
};

type Waiting = { readonly done: (status: number) => void; readonly fail: (error: Error) => void };

export async function openRaw({ hostname, port }: URL): Promise<RawConnection> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let waiting: Waiting | undefined;
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    const status = statusOfWhole(received);
    if (status === undefined) return;
    received = '';
    waiting?.done(status);
    waiting = undefined;
  });
  socket.on('error', () => {});
  socket.on('close', () => waiting?.fail(new Error('the connection ended')));
  const ask = (path: string, body?: string) =>
    new Promise<number>((done, fail) => {
      if (socket.destroyed) return fail(new Error('the connection had ended'));
      waiting = { done, fail };
      socket.write(request(hostname, path, body));
    });
  return { socket, ask, isOpen: () => !socket.destroyed };
}

function request(host: string, path: string, body?: string): string {
  if (body === undefined) return `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  const type = `content-type: application/json\r\ncontent-length: ${body.length}`;
  return `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${type}\r\n\r\n${body}`;
}

/** Undefined until head and body are there. */
function statusOfWhole(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
  return text.length >= head + 4 + length ? Number(text.slice(9, 12)) : undefined;
}
