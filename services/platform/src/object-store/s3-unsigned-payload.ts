import type { S3Client } from '@aws-sdk/client-s3';

type Request = { readonly headers: Record<string, string>; readonly body?: unknown };

/**
 * Spares a SHA-256 of every body: its checksum is in the signature already. Without, every uploaded byte would be hashed twice
 * on the thread that everything runs on.
 */
export function leavePayloadUnsigned(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers, body } = args.request as Request;
      if (body instanceof Uint8Array && body.length > 0) headers['x-amz-content-sha256'] ??= 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'millraceUnsignedPayload' },
  );
}
