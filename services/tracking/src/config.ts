import { flag, grpcAddress, parseEnv, serviceConfig, serviceEnv } from '@millrace/platform/config';
import { z } from 'zod';

const Env = serviceEnv.extend({
  ARTIFACT_PROXY_GRPC: grpcAddress,
  DEFAULT_ARTIFACT_ROOT: z.string().default('mlflow-artifacts:/'),
  /** The same switch under the name MLflow's server gave it. */
  MLFLOW_TRUNCATE_LONG_VALUES: flag.optional(),
  TRUNCATE_LONG_VALUES: flag.optional(),
  /** Unset: what is deleted can be restored for ever. */
  PURGE_DELETED_AFTER_HOURS: z.coerce.number().nonnegative().optional(),
  PURGE_EVERY_SECONDS: z.coerce.number().positive().default(600),
});

/** Reads the process environment once; throws ConfigError. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const parsed = parseEnv(Env, env);
  return {
    ...serviceConfig(parsed),
    artifactProxy: parsed.ARTIFACT_PROXY_GRPC,
    /** Where artifacts of experiments go that do not say; the client asks the artifact proxy for `mlflow-artifacts:`. */
    artifactRoot: parsed.DEFAULT_ARTIFACT_ROOT,
    purge: purgeConfig(parsed),
    /** Whether over-long param and tag values are cut (as MLflow does) or refused. */
    truncateLongValues: parsed.TRUNCATE_LONG_VALUES ?? parsed.MLFLOW_TRUNCATE_LONG_VALUES ?? true,
  };
}

export type Config = ReturnType<typeof loadConfig>;

function purgeConfig({ PURGE_DELETED_AFTER_HOURS, PURGE_EVERY_SECONDS }: z.infer<typeof Env>) {
  if (PURGE_DELETED_AFTER_HOURS === undefined) return null;
  return { afterMs: PURGE_DELETED_AFTER_HOURS * 3_600_000, everyMs: PURGE_EVERY_SECONDS * 1_000 };
}
