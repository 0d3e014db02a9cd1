import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../src/config.ts';

const BASE = { AUTH_MODE: 'anonymous', DATABASE_URL: 'postgres://localhost/db', TRACKING_GRPC: 'tracking:9090' };

describe('the configuration of the object store', () => {
  const store = (env: Record<string, string>) => loadConfig({ ...BASE, ...env }).store;

  it('is a folder', () => {
    expect(store({ ARTIFACTS_FOLDER: '/data' })).toEqual({ provider: 'folder', path: '/data' });
  });

  it('is a bucket on AWS with the credentials of the machine', () => {
    expect(store({ S3_BUCKET: 'b', S3_REGION: 'eu-west-1' })).toMatchObject({
      provider: 's3',
      bucket: 'b',
      region: 'eu-west-1',
      endpoint: undefined,
      credentials: undefined,
      forcePathStyle: false,
    });
  });

  it('is a bucket elsewhere, in the path unless said otherwise', () => {
    const env = { S3_BUCKET: 'b', S3_ENDPOINT: 'http://minio:9000', S3_ACCESS_KEY_ID: 'k', S3_SECRET_ACCESS_KEY: 's' };
    expect(store(env)).toMatchObject({
      endpoint: 'http://minio:9000',
      credentials: { accessKeyId: 'k', secretAccessKey: 's' },
      forcePathStyle: true,
    });
    expect(store({ ...env, S3_FORCE_PATH_STYLE: 'false' })).toMatchObject({ forcePathStyle: false });
  });

  it.each([
    [{}, 'S3_BUCKET: missing, and so is ARTIFACTS_FOLDER'],
    [{ ARTIFACTS_FOLDER: '/d', S3_BUCKET: 'b' }, 'ARTIFACTS_FOLDER: is set, and so is S3_BUCKET'],
    [{ S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'k' }, 'S3_SECRET_ACCESS_KEY: missing'],
    [{ S3_BUCKET: 'b', S3_SECRET_ACCESS_KEY: 'k' }, 'S3_ACCESS_KEY_ID: missing'],
    [{ S3_BUCKET: 'b', S3_ENDPOINT: 'minio' }, 'S3_ENDPOINT: must be an http'],
  ])('is refused as %j', (env, message) => {
    expect(() => store(env as unknown as Record<string, string>)).toThrow(message);
  });

  it.each([
    [{ ARTIFACTS_FOLDER: '/a', ARTIFACT_TRANSFER_MODE: 'presigned' }, 'ARTIFACT_TRANSFER_MODE'],
    [{ S3_BUCKET: 'b', S3_SSE_KMS_KEY_ID: 'k' }, 'S3_SSE_KMS_KEY_ID'],
    [{ S3_BUCKET: 'b', S3_SSE: 'AES256', S3_SSE_KMS_KEY_ID: 'k' }, 'S3_SSE_KMS_KEY_ID'],
    [{ ARTIFACTS_FOLDER: '/a', FREE_PURGED_ARTIFACTS: 'true' }, 'MODEL_REGISTRY_GRPC'],
    [{ ARTIFACTS_FOLDER: '/a', ABANDONED_UPLOAD_HOURS: '0' }, 'ABANDONED_UPLOAD_HOURS'],
  ])('refuses settings that do not go together: %j', (env, variable) => {
    expect(() => loadConfig({ ...BASE, ...env })).toThrow(`${variable}: `);
  });

  it('frees nothing unless it is told of a registry, nor when it is told not to', () => {
    const env = { ...BASE, ARTIFACTS_FOLDER: '/a' };
    expect(loadConfig(env).free).toBeNull();
    const told = { ...env, MODEL_REGISTRY_GRPC: 'registry:9090' };
    expect(loadConfig(told).free).toMatchObject({ registry: 'registry:9090' });
    expect(loadConfig({ ...told, FREE_PURGED_ARTIFACTS: 'false' }).free).toBeNull();
  });
});
