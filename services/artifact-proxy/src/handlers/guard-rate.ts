import type { IncomingMessage, ServerResponse } from 'node:http';

export type Rate = { readonly bytesPerSecond: number; readonly windowMs: number };

/** Transfers may last as long as they move; one that hardly does gives back what it holds. */
const LEAST: Rate = { bytesPerSecond: 4096, windowMs: 60_000 };
const LOOKS = 6;

/**
 * Cuts off a transfer that is slower than the rate, averaged over the window: one whose client does not send or read, and a
 * download that the store trickles. Of uploads only the time counts in which it is the client who is waited for.
 */
export function guardRate(req: IncomingMessage, res: ServerResponse, least: Rate = LEAST): void {
  const { socket } = req;
  const everyMs = least.windowMs / LOOKS;
  const moved = () => socket.bytesRead + socket.bytesWritten;
  let [since, awaitedMs] = [moved(), 0];
  const timer = setInterval(() => {
    awaitedMs = isAwaited(req, res) ? awaitedMs + everyMs : 0;
    if (awaitedMs >= least.windowMs) {
      if (moved() - since < (least.bytesPerSecond * least.windowMs) / 1000) socket.destroy();
      awaitedMs = 0;
    }
    if (awaitedMs === 0) since = moved();
  }, everyMs);
  res.once('close', () => clearInterval(timer));
}

function isAwaited(req: IncomingMessage, res: ServerResponse): boolean {
  return req.complete ? res.headersSent : req.readableFlowing === true;
}
