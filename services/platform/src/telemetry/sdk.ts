import { hostname } from 'node:os';
import { context, DiagLogLevel, diag, propagation } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { VERSION } from '../version.ts';
import type { TelemetryConfig } from './config.ts';
import { quietly } from './diagnostics.ts';
import { measureWith } from './metering.ts';
import { openMeters } from './meters.ts';
import { watchProcess } from './process-metrics.ts';
import type { Telemetry } from './started.ts';
import { openTracer } from './tracer.ts';
import { traceWith } from './tracing.ts';

/** Loads what collects and sends, and says so to everything that has something to tell. */
export async function startSdk(config: TelemetryConfig, name: string, log: Logger): Promise<Telemetry> {
  const [traces, metrics] = [new Lifecycle(), new Lifecycle()];
  diag.setLogger(quietly(log), DiagLogLevel.WARN);
  const resource = resourceFromAttributes({
    'service.name': config.serviceName ?? name,
    'service.namespace': 'millrace',
    'service.version': VERSION,
    'service.instance.id': `${hostname()}:${process.pid}`,
    'process.pid': process.pid,
    ...config.attributes,
  });
  if (config.traces) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    traceWith(openTracer(config.traces, resource, traces));
  }
  const { meter, port } = await openMeters(config, resource, metrics);
  measureWith(meter);
  if (meter) watchProcess(metrics);
  return {
    metricsPort: port,
    async [Symbol.asyncDispose]() {
      traceWith(undefined);
      measureWith(undefined);
      // together: each may try for as long as a timeout when the collector is away
      const closed = await Promise.allSettled([traces.close(), metrics.close()]);
      for (const end of closed)
        if (end.status === 'rejected') log.warn({ err: end.reason as unknown }, 'the last telemetry could not be sent');
      context.disable();
      propagation.disable();
      diag.disable();
    },
  };
}
