import { createHmac } from 'node:crypto';

const STANDARD_PREFIX = 'whsec_';

export type ToSign = { readonly id: string; readonly timestamp: string; readonly body: string };

/** As MLflow signs: the key is the text of the secret. */
export function mlflowSignature(secret: string, message: ToSign): string {
  return signature(Buffer.from(secret), message);
}

/** As Standard Webhooks sign: behind `whsec_` the secret is base64; one without that prefix is taken as it is. */
export function standardSignature(secret: string, message: ToSign): string {
  const coded = secret.startsWith(STANDARD_PREFIX);
  return signature(coded ? Buffer.from(secret.slice(STANDARD_PREFIX.length), 'base64') : Buffer.from(secret), message);
}

function signature(key: Buffer, { id, timestamp, body }: ToSign): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
