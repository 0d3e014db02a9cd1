import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../src/config.ts';

const ENV = { AUTH_MODE: 'anonymous', DATABASE_URL: 'postgres://localhost/x', TRACKING_GRPC: 'tracking:9090' };

describe('the configuration of the registry', () => {
  it('names everything that is wrong with the environment at once', () => {
    const bad = { TRACKING_GRPC: 'nowhere', MODEL_VERSION_SOURCE_PATTERN: '(' };
    expect(() => loadConfig(bad)).toThrow(
      /AUTH_MODE[\s\S]*DATABASE_URL[\s\S]*TRACKING_GRPC: must be host:port[\s\S]*MODEL_VERSION_SOURCE_PATTERN: Invalid regular expression/,
    );
  });

  it('knows the pattern for sources under our name and under that of MLflow, ours first', () => {
    expect(loadConfig(ENV).sourcePattern).toBeNull();
    const theirs = { ...ENV, MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX: '^s3:' };
    expect(loadConfig(theirs).sourcePattern).toEqual(/^s3:/);
    expect(loadConfig({ ...theirs, MODEL_VERSION_SOURCE_PATTERN: '^gs:' }).sourcePattern).toEqual(/^gs:/);
  });
});
