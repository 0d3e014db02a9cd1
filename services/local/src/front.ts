import type { RequestListener } from 'node:http';
import type { ServiceConfig } from '@millrace/platform/config';
import { anonymousIdentity } from '@millrace/platform/contract/identity';
import { startHttp } from '@millrace/platform/http/server';
import { serviceListener } from '@millrace/platform/http/service-listener';
import { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { ignoresWorkspace, type Service } from '@millrace/platform/serve-surface';
import { observedListener } from '@millrace/platform/telemetry/http-calls';
import { VERSION } from '@millrace/platform/version';
import type { LocalOptions } from './options.ts';

/**
 * Takes the port at once, so that one in use is said before anything is started, and asks callers to come again until the
 * services are there.
 */
export async function openFront({ host, port }: Pick<LocalOptions, 'host' | 'port'>) {
  const lifecycle = new Lifecycle();
  let current: RequestListener = notYet;
  const listener: RequestListener = (req, res) => current(req, res);
  // uploads may take as long as they need; bodies of the contract have a limit of their own
  const http = await startHttp({ listener, host, port, lifecycle, requestTimeoutMs: 0 });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${http.port}`,
    serve(services: readonly Service[], edge: ServiceConfig['edge'], stopping: AbortSignal, log: Logger) {
      const listener = serviceListener({
        surfaces: services.map(({ surface }) => surface),
        checks: Object.assign({}, ...services.map(({ checks }) => checks)) as Service['checks'],
        identify: anonymousIdentity({ ignoresWorkspace }),
        title: 'Millrace',
        version: VERSION,
        stopping,
        log,
        ...edge,
      });
      current = observedListener(listener, lifecycle);
    },
    close: () => lifecycle.close(),
  };
}

const notYet: RequestListener = (_req, res) => {
  const body = JSON.stringify({ error_code: 'TEMPORARILY_UNAVAILABLE', message: 'Millrace is starting' });
  res.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end(body);
};
