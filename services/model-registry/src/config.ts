import { grpcAddress, parseEnv, serviceConfig, serviceEnv } from '@millrace/platform/config';
import { z } from 'zod';
import { readStages } from './stages-config.ts';
import { webhookConfig, webhookEnv } from './webhook-config.ts';

const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const names = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
);

const Env = serviceEnv.extend({
  TRACKING_GRPC: grpcAddress,
  /** Without it nobody can say what the MLmodel file of a version says. */
  ARTIFACT_PROXY_GRPC: grpcAddress.optional(),
  /** The same rule under the name MLflow's server gave it. */
  MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX: pattern.optional(),
  MODEL_VERSION_SOURCE_PATTERN: pattern.optional(),
  /** Stages beside MLflow's four, separated by commas. */
  REGISTRY_STAGES: names.default([]),
  /** Those of them whose holders serve, so that a newcomer may archive the others; all, unless given. */
  REGISTRY_ACTIVE_STAGES: names.optional(),
  ...webhookEnv,
});

/** Reads the process environment once; throws ConfigError. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const parsed = parseEnv(Env, env);
  return {
    ...serviceConfig(parsed),
    tracking: parsed.TRACKING_GRPC,
    artifactProxy: parsed.ARTIFACT_PROXY_GRPC ?? null,
    stages: readStages(parsed.REGISTRY_STAGES, parsed.REGISTRY_ACTIVE_STAGES),
    /** What the source of every new version must match, anywhere in it; null takes all. */
    sourcePattern:
      parsed.MODEL_VERSION_SOURCE_PATTERN ?? parsed.MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX ?? null,
    webhooks: webhookConfig(parsed),
  };
}

export type Config = ReturnType<typeof loadConfig>;
