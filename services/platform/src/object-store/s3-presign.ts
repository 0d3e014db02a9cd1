import { GetObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Presign, PresignedGet, SignedRequest } from './object-store.ts';
import { fullKey, type S3Location } from './s3-location.ts';

/** `client` has the endpoint as clients see it, and adds no checksums: that of a presigned upload would be of no bytes. */
export function s3Presign(location: S3Location, client: S3Client): Presign {
  const target = (key: string) => ({ Bucket: location.bucket, Key: fullKey(location, key) });
  return {
    async get(key, { expiresSeconds, contentType, contentDisposition }: PresignedGet): Promise<SignedRequest> {
      const command = new GetObjectCommand({
        ...target(key),
        ResponseContentType: contentType,
        ResponseContentDisposition: contentDisposition,
      });
      return { url: await getSignedUrl(client, command, { expiresIn: expiresSeconds }), headers: {} };
    },
    async part({ key, id }, number, expiresSeconds) {
      const command = new UploadPartCommand({ ...target(key), UploadId: id, PartNumber: number });
      return { url: await getSignedUrl(client, command, { expiresIn: expiresSeconds }), headers: {} };
    },
  };
}
