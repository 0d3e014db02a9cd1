import type { Meter } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { Lifecycle } from '../lifecycle.ts';
import { VERSION } from '../version.ts';
import type { TelemetryConfig } from './config.ts';
import { exporterOptions } from './exporter-options.ts';
import { openMetricsPort } from './metrics-port.ts';

export type Meters = { readonly meter: Meter | undefined; readonly port: number | undefined };

/** Metrics for whoever asks for them and whoever wants them sent. */
export async function openMeters(
  { push, scrape }: TelemetryConfig,
  resource: Resource,
  lifecycle: Lifecycle,
): Promise<Meters> {
  if (!push && !scrape) return { meter: undefined, port: undefined };
  const readers: IMetricReader[] = [];
  if (push) {
    readers.push(
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(exporterOptions(push)),
        exportIntervalMillis: push.intervalMs,
        exportTimeoutMillis: Math.min(push.timeoutMs, push.intervalMs),
      }),
    );
  }
  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  if (scrape) readers.push(prometheus);
  const provider = new MeterProvider({ resource, readers });
  lifecycle.onClose('metrics', () => provider.shutdown());
  const port = scrape && (await openMetricsPort(scrape, prometheus, lifecycle));
  return { meter: provider.getMeter('millrace', VERSION), port: port ?? undefined };
}
