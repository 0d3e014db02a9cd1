import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import type { Otlp } from './config.ts';

/** Everything is said, so that exporters find nothing to look up in the environment themselves. */
export function exporterOptions({ url, headers, timeoutMs, gzip }: Otlp) {
  return {
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    compression: gzip ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
    concurrencyLimit: 4,
  };
}
