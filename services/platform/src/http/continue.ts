import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Asks clients that wait for the word (`Expect: 100-continue`) for their body when somebody begins to read it: whoever is
 * refused before need not send it. Node itself asks at once, and ends the connection behind an answer that came without.
 */
export function continueWhenRead(server: Server): void {
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    const read = req._read.bind(req);
    req._read = (size) => {
      req._read = read;
      if (!res.headersSent) res.writeContinue();
      read(size);
    };
    server.emit('request', req, res);
  });
}
