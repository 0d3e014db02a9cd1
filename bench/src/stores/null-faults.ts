import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a store can fail; keys that have the name in them meet it. */
export const FAULTS = ['slow-down', 'slow-down-30', 'hang', 'trickle'] as const;
export type Fault = (typeof FAULTS)[number];

const BYTES_PER_SECOND = 1_000;
const EVERY_MS = 100;
let calls = 0;

/** The fault that a request meets, if any: of its key `fault=<name>` is a part. */
export function faultOf(key: string): Fault | undefined {
  const name = /fault=([a-z0-9-]+)/.exec(key)?.[1];
  const fault = FAULTS.find((each) => each === name);
  if (fault !== 'slow-down-30') return fault;
  calls += 1;
  return calls % 10 < 3 ? 'slow-down' : undefined;
}

/** Whether the request was answered, or never will be. */
export function fail(fault: Fault | undefined, req: IncomingMessage, res: ServerResponse): boolean {
  if (fault === 'hang') req.pause();
  if (fault === 'slow-down') slowDown(req, res);
  return fault === 'hang' || fault === 'slow-down';
}

function slowDown(req: IncomingMessage, res: ServerResponse): void {
  req.resume().on('end', () => {
    res.writeHead(503, { 'content-type': 'application/xml' });
    res.end('<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>');
  });
}

/** Reads a body a kilobyte a second. */
export async function sip(req: IncomingMessage): Promise<void> {
  req.pause();
  while (!req.destroyed && !req.complete) {
    await sleep(EVERY_MS);
    req.read((BYTES_PER_SECOND * EVERY_MS) / 1000);
  }
}

/** Answers so many bytes a kilobyte a second. */
export async function drip(res: ServerResponse, bytes: number): Promise<void> {
  for (let left = bytes; left > 0 && !res.destroyed; left -= 100) {
    res.write(Buffer.alloc(Math.min(left, 100)));
    await sleep(EVERY_MS);
  }
  res.end();
}
