import { z } from 'zod';
import type { Listen } from './listen.ts';
import { type TelemetryConfig, telemetryConfig, telemetryEnv } from './telemetry/config.ts';

/** Parses an environment; one error lists every bad variable. A variable set to the empty string counts as unset. */
export function parseEnv<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.infer<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new ConfigError(`Invalid environment:\n${problems.join('\n')}`);
}

/** A mistake of whoever started the process: the message is for them, without a stack. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

const port = z.coerce.number().int().min(0).max(65_535);
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** `host:port` of another service's gRPC port. */
export const grpcAddress = z.string().regex(/^.+:\d+$/, 'must be host:port');

/** The variables that every service reads. */
export const serviceEnv = z.object({
  AUTH_MODE: z.literal('anonymous', {
    error: "must be set to 'anonymous': nobody is asked to sign in, and everybody may do everything",
  }),
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port.default(8080),
  GRPC_HOST: z.string().default('127.0.0.1'),
  GRPC_PORT: port.default(9090),
  ALLOWED_HOSTS: list,
  CORS_ALLOWED_ORIGINS: list,
  MAX_BODY_BYTES: count(8 * 1024 * 1024),
  MAX_CONNECTIONS: count(16_000),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
  DATABASE_POOL_SIZE: count(10),
  DATABASE_STATEMENT_TIMEOUT_MS: count(30_000),
  /** false: nothing is held back, however much there is to do. */
  LOAD_SHEDDING: flag.default(true),
  /** Half of the pool, unless given. */
  MAX_SEARCHES: z.coerce.number().int().positive().optional(),
  DATABASE_MIGRATE: flag.default(true),
  EVENTS_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).optional(),
  KAFKA_BROKERS: list,
  KAFKA_TOPIC_PREFIX: z.string().default(''),
  KAFKA_TOPIC_PARTITIONS: count(12),
  KAFKA_TOPIC_REPLICATION: z.coerce.number().int().min(-1).default(-1),
  KAFKA_SSL: flag.default(false),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).default('scram-sha-512'),
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SHUTDOWN_GRACE_MS: count(10_000),
  SHUTDOWN_DRAIN_MS: z.coerce.number().int().nonnegative().default(0),
  ...telemetryEnv,
});

/** Where events go: a Kafka cluster, or a log kept in PostgreSQL when there is no broker. */
export type EventsConfig =
  | {
      readonly driver: 'kafka';
      readonly brokers: readonly string[];
      readonly topicPrefix: string;
      readonly partitions: number;
      /** -1 = the broker's default. */
      readonly replication: number;
      readonly ssl: boolean;
      readonly login: { readonly mechanism: string; readonly username: string; readonly password: string } | null;
    }
  | { readonly driver: 'postgres'; readonly url: string };

/** What every service is configured with; a service adds its own. */
export type ServiceConfig = {
  readonly auth: { readonly mode: 'anonymous' };
  /** null: the service opens no HTTP port of its own, its listener is mounted by whoever started it. */
  readonly http: Listen | null;
  readonly grpc: Listen;
  readonly maxConnections: number;
  readonly edge: {
    readonly allowedHosts: readonly string[];
    readonly allowedOrigins: readonly string[];
    readonly maxBodyBytes: number;
  };
  readonly database: {
    readonly url: string;
    readonly poolSize: number;
    readonly statementTimeoutMs: number;
    /** false: the schema must already be up to date. */
    readonly migrate: boolean;
  };
  readonly events: EventsConfig;
  /** null: nothing is held back, however much there is to do. */
  readonly shedding: {
    /** Searches and histories that run at a time; others wait a little, and then are told to come again. */
    readonly maxSearches: number;
  } | null;
  readonly logLevel: string;
  /** For requests and calls under way. */
  readonly shutdownGraceMs: number;
  /** How much of that kept connections are left open. */
  readonly shutdownDrainMs: number;
  readonly telemetry: TelemetryConfig;
};

/** The nested form of `serviceEnv`. */
export function serviceConfig(env: z.infer<typeof serviceEnv>): ServiceConfig {
  return {
    auth: { mode: env.AUTH_MODE },
    http: { host: env.HTTP_HOST, port: env.HTTP_PORT },
    grpc: { host: env.GRPC_HOST, port: env.GRPC_PORT },
    maxConnections: env.MAX_CONNECTIONS,
    edge: {
      allowedHosts: env.ALLOWED_HOSTS,
      allowedOrigins: env.CORS_ALLOWED_ORIGINS,
      maxBodyBytes: env.MAX_BODY_BYTES,
    },
    database: {
      url: env.DATABASE_URL,
      poolSize: env.DATABASE_POOL_SIZE,
      statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
      migrate: env.DATABASE_MIGRATE,
    },
    events: eventsConfig(env),
    shedding: env.LOAD_SHEDDING ? { maxSearches: env.MAX_SEARCHES ?? Math.ceil(env.DATABASE_POOL_SIZE / 2) } : null,
    logLevel: env.LOG_LEVEL,
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    shutdownDrainMs: env.SHUTDOWN_DRAIN_MS,
    telemetry: telemetryConfig(env),
  };
}

function eventsConfig(env: z.infer<typeof serviceEnv>): EventsConfig {
  if (env.KAFKA_BROKERS.length === 0) return { driver: 'postgres', url: env.EVENTS_DATABASE_URL ?? env.DATABASE_URL };
  return {
    driver: 'kafka',
    brokers: env.KAFKA_BROKERS,
    topicPrefix: env.KAFKA_TOPIC_PREFIX,
    partitions: env.KAFKA_TOPIC_PARTITIONS,
    replication: env.KAFKA_TOPIC_REPLICATION,
    ssl: env.KAFKA_SSL,
    login: kafkaLogin(env),
  };
}

function kafkaLogin({ KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SASL_MECHANISM }: z.infer<typeof serviceEnv>) {
  if (KAFKA_USERNAME === undefined) return null;
  if (KAFKA_PASSWORD === undefined)
    throw new ConfigError('Invalid environment:\n  KAFKA_PASSWORD: missing, KAFKA_USERNAME is set');
  return { mechanism: KAFKA_SASL_MECHANISM, username: KAFKA_USERNAME, password: KAFKA_PASSWORD };
}
