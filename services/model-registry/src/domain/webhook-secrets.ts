import { InvalidParameterError } from '@millrace/platform/errors';
import { type Keys, open, seal } from '../delivery/seal.ts';
import { placeOf } from '../delivery/target.ts';

type Keeper = { readonly keys: Keys | null };

/** Throws InvalidParameterError where there is nothing to encrypt with. */
export function sealSecret({ keys }: Keeper, webhookId: string, secret: string): Buffer {
  return seal(requireKeys(keys, 'secret'), placeOf(webhookId, 'secret'), secret);
}

/** null: none. Throws InvalidParameterError where there is nothing to encrypt with. */
export function sealHeaders(
  { keys }: Keeper,
  webhookId: string,
  headers: Readonly<Record<string, string>>,
): Buffer | null {
  if (Object.keys(headers).length === 0) return null;
  return seal(requireKeys(keys, 'headers'), placeOf(webhookId, 'headers'), JSON.stringify(headers));
}

export function openHeaders({ keys }: Keeper, webhookId: string, sealed: Buffer | null): Record<string, string> {
  if (sealed === null) return {};
  const text = open(requireKeys(keys, 'headers'), placeOf(webhookId, 'headers'), sealed);
  return JSON.parse(text) as Record<string, string>;
}

function requireKeys(keys: Keys | null, part: string): Keys {
  if (keys) return keys;
  throw new InvalidParameterError(
    `This server cannot keep '${part}' of a webhook: WEBHOOK_SECRET_ENCRYPTION_KEY is not set, and nothing is stored unencrypted.`,
  );
}
