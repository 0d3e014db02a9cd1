export type S3Config = {
  readonly provider: 's3';
  /** Without it, AWS. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Objects lie below it, so that several installations can share a bucket. */
  readonly prefix?: string | undefined;
  /** Without it, where the AWS SDK looks by itself: environment, profile, web identity, instance. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly forcePathStyle: boolean;
  /** Where clients reach the store, when that is another address than ours. */
  readonly publicEndpoint?: string | undefined;
  /** Certificates, in PEM, that vouch for the store beside the usual ones. */
  readonly caFile?: string | undefined;
  /** How the store encrypts what is written; without it, as the bucket says. */
  readonly encryption?:
    | { readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse'; readonly kmsKeyId?: string | undefined }
    | undefined;
  /** Connections at a time; more calls wait for one. */
  readonly maxSockets?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /** For an answer to begin, and between any two bytes. */
  readonly requestTimeoutMs?: number | undefined;
};
