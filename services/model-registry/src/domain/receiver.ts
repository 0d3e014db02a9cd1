import { isIP } from 'node:net';
import { InvalidParameterError } from '@millrace/platform/errors';
import type { AddressRules } from '../delivery/addresses.ts';
import type { Resolve } from '../delivery/post.ts';
import { checkWebhookUrl } from './check-webhook.ts';

export type Receivers = {
  readonly schemes: readonly string[];
  readonly rules: AddressRules;
  readonly resolve: Resolve;
};

/** Well-known ports, and those for which nobody needs to be root: not mail, not databases of old. */
const isPort = (port: string) => port === '' || port === '80' || port === '443' || Number(port) >= 1_024;

/**
 * Throws InvalidParameterError. It is a help for whoever makes the webhook and no protection: where a host leads is looked at
 * again when it is dialled.
 */
export async function checkReceiver({ schemes, rules, resolve }: Receivers, url: string): Promise<void> {
  const host = checkWebhookUrl(url, schemes);
  if (rules.trusts(host)) return;
  if (!isPort(new URL(url).port)) throw new InvalidParameterError('Invalid webhook URL: its port is not allowed');
  for (const address of await addressesOf(resolve, host)) {
    const refused = rules.refusal(host, address);
    if (refused !== null) throw new InvalidParameterError(refused);
  }
}

async function addressesOf(resolve: Resolve, host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await resolve(host)).map(({ address }) => address);
  } catch (cause) {
    throw new InvalidParameterError(`Cannot resolve webhook URL hostname: '${host}'`, { cause });
  }
}
