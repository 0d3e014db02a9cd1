import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lifecycle } from '@millrace/platform/lifecycle';

/** Takes telemetry and forgets it, so that only what sending costs is measured. Gives its address. */
export async function startCollector(lifecycle: Lifecycle): Promise<string> {
  const server = createServer((req, res) => {
    req.resume().on('end', () => res.writeHead(200).end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  lifecycle.onClose('collector', () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
