import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { Failure } from '../load/connection.ts';

const CHUNK = Buffer.alloc(1024 * 1024, 'millrace');

/** Moves bytes over one connection of its own, which is opened again when it was lost, and closes by itself when idle. */
export function fileClient(url: string, timeoutMs = 120_000) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const open = (options: RequestOptions) => request({ hostname, port, agent, timeout: timeoutMs, ...options });
  return {
    /** Sends so many bytes, and gives the headers of the answer. */
    put: (path: string, bytes: number) =>
      answered(open({ path, method: 'PUT', headers: { 'content-length': bytes } }), bytes),
    /** Reads the answer and gives its length. */
    get: async (path: string, headers: Record<string, string> = {}) =>
      (await answered(open({ path, headers }), 0)).bytes,
    /** Resolves when the first byte is here, and leaves. */
    firstByte: (path: string) => firstByte(open({ path })),
  };
}

type Sending = ReturnType<typeof request>;

function answered(sending: Sending, bytes: number): Promise<{ headers: IncomingMessage['headers']; bytes: number }> {
  return new Promise((resolve, reject) => {
    failing(sending, reject);
    sending.on('response', (answer) => {
      let received = 0;
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (!isGood(answer)) text += chunk.toString();
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (isGood(answer)) resolve({ headers: answer.headers, bytes: received });
        else reject(new Failure(String(answer.statusCode), text));
      });
    });
    pour(sending, bytes);
  });
}

function firstByte(sending: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    failing(sending, reject);
    sending.on('response', (answer) => {
      if (!isGood(answer)) reject(new Failure(String(answer.statusCode), ''));
      answer.on('error', () => {}); // it is we who leave
      answer.once('data', () => {
        resolve();
        sending.destroy();
      });
    });
    sending.end();
  });
}

const isGood = ({ statusCode = 0 }: IncomingMessage) => statusCode >= 200 && statusCode < 300;

function failing(sending: Sending, reject: (error: Failure) => void): void {
  sending.on('timeout', () => sending.destroy(new Failure('timed out', '')));
  sending.on('error', (error) => {
    reject(error instanceof Failure ? error : new Failure('code' in error ? String(error.code) : error.name, ''));
  });
}

/** Writes no more than the connection takes. */
function pour(sending: Sending, bytes: number): void {
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= chunk.length;
      if (!sending.write(chunk)) {
        sending.once('drain', more);
        return;
      }
    }
    sending.end();
  };
  more();
}
