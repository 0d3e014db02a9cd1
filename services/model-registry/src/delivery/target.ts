import type { Endpoint } from '../store/webhook-queue.ts';
import type { Target } from './outgoing.ts';
import { type Keys, open } from './seal.ts';

type Sealed = Omit<Endpoint, 'failures'>;

/** Where the parts of one webhook belong. */
export const placeOf = (webhookId: string, part: 'secret' | 'headers') => `webhook/${webhookId}/${part}`;

/** Throws when a secret cannot be read, which says that the configured key is not the one it was encrypted with. */
export function openTarget(keys: Keys | null, endpoint: Sealed): Target {
  const { webhookId, workspace, url, secret, previousSecret, headers, bodyTemplate } = endpoint;
  const opened = (part: 'secret' | 'headers', sealed: Buffer): string => {
    if (keys === null) throw new Error(`the webhook's ${part} cannot be read: no encryption key is configured`);
    try {
      return open(keys, placeOf(webhookId, part), sealed);
    } catch (error) {
      throw new Error(`the webhook's ${part} cannot be read: ${(error as Error).message}`);
    }
  };
  return {
    workspace,
    url,
    secrets: [secret, previousSecret].filter((one) => one !== null).map((one) => opened('secret', one)),
    headers: headers === null ? {} : (JSON.parse(opened('headers', headers)) as Record<string, string>),
    bodyTemplate,
  };
}
