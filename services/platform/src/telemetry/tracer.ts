import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Lifecycle } from '../lifecycle.ts';
import { VERSION } from '../version.ts';
import type { TracesConfig } from './config.ts';
import { exporterOptions } from './exporter-options.ts';

/** Spans wait in a bounded queue and go out in batches; those that find it full are lost, and requests never wait for them. */
export function openTracer(config: TracesConfig, resource: Resource, lifecycle: Lifecycle): Tracer {
  const provider = new TracerProvider({
    resource,
    sampler: sampler(config),
    spanLimits: { attributeCountLimit: 32, attributeValueLengthLimit: 512, linkCountLimit: 128, eventCountLimit: 16 },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(exporterOptions(config)),
        scheduledDelayMillis: config.delayMs,
        exportTimeoutMillis: config.timeoutMs,
        maxQueueSize: config.maxQueue,
        maxExportBatchSize: config.maxBatch,
      }),
    ],
  });
  lifecycle.onClose('traces', () => provider.shutdown());
  return provider.getTracer('millrace', VERSION);
}

function sampler({ sampler: name, ratio }: TracesConfig): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
