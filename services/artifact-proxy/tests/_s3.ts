import type { S3Settings } from '@millrace/platform/testing/s3';

/** The environment of a proxy that keeps its artifacts there. */
export const s3Env = ({ endpoint, region, credentials, bucket }: S3Settings) => ({
  ARTIFACTS_FOLDER: undefined,
  S3_ENDPOINT: endpoint,
  S3_REGION: region,
  S3_BUCKET: bucket,
  S3_ACCESS_KEY_ID: credentials.accessKeyId,
  S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});
