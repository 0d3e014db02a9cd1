import type { RequestListener } from 'node:http';
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { startHttp } from '../http/server.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Listen } from '../listen.ts';

const STOP_MS = 1_000;

/** `GET /metrics` on a port of its own: the public one never answers it. */
export async function openMetricsPort(
  { host, port }: Listen,
  prometheus: PrometheusExporter,
  lifecycle: Lifecycle,
): Promise<number> {
  const listener: RequestListener = (req, res) => {
    if (req.url?.split('?', 1)[0] !== '/metrics') res.writeHead(404).end();
    else if (req.method !== 'GET' && req.method !== 'HEAD') res.writeHead(405, { allow: 'GET, HEAD' }).end();
    else prometheus.getMetricsRequestHandler(req, res);
  };
  return (await startHttp({ host, port, listener, lifecycle, graceMs: STOP_MS })).port;
}
