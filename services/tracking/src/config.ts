import { flag, grpcAddress, parseEnv, serviceConfig, serviceEnv } from '@millrace/platform/config';
import { z } from 'zod';

const Env = serviceEnv.extend({
  ARTIFACT_PROXY_GRPC: grpcAddress,
  DEFAULT_ARTIFACT_ROOT: z.string().default('mlflow-artifacts:/'),
  /** The same switch under the name MLflow's server gave it. */
  MLFLOW_TRUNCATE_LONG_VALUES: flag.optional(),
  TRUNCATE_LONG_VALUES: flag.optional(),
});

/** Reads the process environment once; throws ConfigError. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const parsed = parseEnv(Env, env);
  return {
    ...serviceConfig(parsed),
    artifactProxy: parsed.ARTIFACT_PROXY_GRPC,
    /** Where artifacts of experiments go that do not say; the client asks the artifact proxy for `mlflow-artifacts:`. */
    artifactRoot: parsed.DEFAULT_ARTIFACT_ROOT,
    /** Whether over-long param and tag values are cut (as MLflow does) or refused. */
    truncateLongValues: parsed.TRUNCATE_LONG_VALUES ?? parsed.MLFLOW_TRUNCATE_LONG_VALUES ?? true,
  };
}

export type Config = ReturnType<typeof loadConfig>;
