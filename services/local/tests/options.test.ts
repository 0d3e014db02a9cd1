import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../src/options.ts';

describe('the command line', () => {
  const read = (...flags: string[]) => readOptions(['node', 'millrace', ...flags], { HOME: '/home/ada' });

  it('needs nothing said', () => {
    expect(read()).toMatchObject({
      host: '127.0.0.1',
      port: 5000,
      dataDir: expect.stringMatching(/^\/.*millrace-data$/),
    });
  });

  it.each([
    [['--backend-store-uri', 'postgresql://u:p@db/mlops'], { DATABASE_URL: 'postgresql://u:p@db/mlops' }],
    [['--backend-store-uri', 'postgresql+psycopg2://u@db/x'], { DATABASE_URL: 'postgresql://u@db/x' }],
    [['--artifacts-destination', 's3://bucket/a/b'], { S3_BUCKET: 'bucket', S3_PREFIX: 'a/b' }],
    [['--artifacts-destination', 's3://bucket'], { S3_BUCKET: 'bucket', S3_PREFIX: '' }],
    [['--artifacts-destination', '/srv/artifacts'], { ARTIFACTS_FOLDER: '/srv/artifacts' }],
    [['--artifacts-destination', 'file:///srv/artifacts'], { ARTIFACTS_FOLDER: '/srv/artifacts' }],
    [['--default-artifact-root', 's3://b'], { DEFAULT_ARTIFACT_ROOT: 's3://b' }],
    [['--allowed-hosts', 'mlflow.example.com'], { ALLOWED_HOSTS: 'mlflow.example.com' }],
  ])('understands %j', (flags, env) => {
    expect(read(...flags).env).toMatchObject({ HOME: '/home/ada', ...env });
  });

  it.each([
    [['--backend-store-uri', 'sqlite:///mlflow.db'], 'must be a postgresql:// URI'],
    [['--backend-store-uri', 'mysql://u:secret@db/x'], /^(?!.*secret).*postgresql/],
    [['--artifacts-destination', 'gs://bucket'], "not 'gs://bucket'"],
    [['--port', 'x'], "--port must be a number from 0 to 65535, not 'x'"],
  ])('refuses %j in one sentence', (flags, message) => {
    expect(() => read(...flags)).toThrow(message);
  });
});
