import { z } from 'zod';
import type { Listen } from '../listen.ts';

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const url = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional();
const exporter = z.enum(['otlp', 'none']).default('otlp');
/** `key=value,key=value`, percent-encoded, as W3C's baggage. */
const pairs = z
  .string()
  .default('')
  .transform((text, context) => {
    try {
      return Object.fromEntries(text.split(',').filter(Boolean).map(pair));
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

/** OpenTelemetry's own variables, as far as they are followed, and those of the Prometheus endpoint. */
export const telemetryEnv = {
  OTEL_SDK_DISABLED: flag.default(false),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs,
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_HEADERS: pairs,
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/protobuf', { error: "must be 'http/protobuf'" }).optional(),
  OTEL_EXPORTER_OTLP_COMPRESSION: z.enum(['gzip', 'none']).default('none'),
  OTEL_EXPORTER_OTLP_TIMEOUT: count(10_000),
  OTEL_TRACES_EXPORTER: exporter,
  OTEL_TRACES_SAMPLER: z
    .enum(['always_on', 'always_off', 'traceidratio'])
    .or(z.enum(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio']))
    .default('parentbased_traceidratio'),
  /** A span of every request would cost busy services a fifth of their requests. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.1),
  OTEL_BSP_SCHEDULE_DELAY: count(5_000),
  OTEL_BSP_MAX_QUEUE_SIZE: count(2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count(512),
  OTEL_METRICS_EXPORTER: exporter,
  OTEL_METRIC_EXPORT_INTERVAL: count(60_000),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
};

type Env = z.infer<z.ZodObject<typeof telemetryEnv>>;

/** How an OTLP receiver is reached. */
export type Otlp = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly gzip: boolean;
};

export type TracesConfig = Otlp & {
  readonly sampler: Env['OTEL_TRACES_SAMPLER'];
  /** Of traces that begin here, and where the sampler asks for it. */
  readonly ratio: number;
  readonly delayMs: number;
  /** Spans that wait; more are dropped. */
  readonly maxQueue: number;
  readonly maxBatch: number;
};

/** What is told to whom about the work of this process. All null: nothing, and then nothing is loaded. */
export type TelemetryConfig = {
  /** Instead of the name that the process gives itself. */
  readonly serviceName: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly traces: TracesConfig | null;
  readonly push: (Otlp & { readonly intervalMs: number }) | null;
  /** Where Prometheus finds metrics. */
  readonly scrape: Listen | null;
};

export function telemetryConfig(env: Env): TelemetryConfig {
  const off = env.OTEL_SDK_DISABLED;
  const push = off || env.OTEL_METRICS_EXPORTER === 'none' ? null : otlp(env, 'metrics');
  return {
    serviceName: env.OTEL_SERVICE_NAME ?? null,
    attributes: env.OTEL_RESOURCE_ATTRIBUTES,
    traces: off || env.OTEL_TRACES_EXPORTER === 'none' ? null : tracesConfig(env),
    push: push && { ...push, intervalMs: env.OTEL_METRIC_EXPORT_INTERVAL },
    scrape: off || env.METRICS_PORT === undefined ? null : { host: env.METRICS_HOST, port: env.METRICS_PORT },
  };
}

function tracesConfig(env: Env): TracesConfig | null {
  const to = otlp(env, 'traces');
  return (
    to && {
      ...to,
      sampler: env.OTEL_TRACES_SAMPLER,
      ratio: env.OTEL_TRACES_SAMPLER_ARG,
      delayMs: env.OTEL_BSP_SCHEDULE_DELAY,
      maxQueue: env.OTEL_BSP_MAX_QUEUE_SIZE,
      maxBatch: env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    }
  );
}

/** The address of one signal is taken as it is; to the common one, the signal's path is added. */
function otlp(env: Env, signal: 'traces' | 'metrics'): Otlp | null {
  const own = signal === 'traces' ? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT : env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const common = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = own ?? (common && `${common.replace(/\/+$/, '')}/v1/${signal}`);
  if (url === undefined) return null;
  return {
    url,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    timeoutMs: env.OTEL_EXPORTER_OTLP_TIMEOUT,
    gzip: env.OTEL_EXPORTER_OTLP_COMPRESSION === 'gzip',
  };
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error(`'${text}' is no key=value`);
  return [decodeURIComponent(text.slice(0, at).trim()), decodeURIComponent(text.slice(at + 1).trim())];
}
