import { BlockList, isIP } from 'node:net';
import { matcher } from '@millrace/platform/http/globs';
import type { WebhookConfig } from '../webhook-config.ts';

/** IANA's special-purpose registries: everything here is not, or not surely, on the public internet. */
const NOT_PUBLIC = blocks(
  ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ['224.0.0.0/4', '240.0.0.0/4'],
  ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
);
const PUBLIC_V6 = blocks(['2000::/3']);

/** Where clouds answer with credentials, and what is never a receiver: no setting opens these. */
const NEVER = blocks(
  ['0.0.0.0/8', '169.254.0.0/16', '192.0.0.192/32', '100.100.100.200/32', '224.0.0.0/4', '240.0.0.0/4'],
  ['::/128', 'fe80::/10', 'fd00:ec2::/32', 'ff00::/8'],
);

/** Why an address must not be dialled for a host, or null if it may be. */
export type Refusal = (host: string, address: string) => string | null;

/** `trusts` tells the hosts whose addresses need not be public. */
export type AddressRules = { readonly refusal: Refusal; readonly trusts: (host: string) => boolean };

export function addressRules({ allowPrivate, hosts, cidrs }: WebhookConfig['receivers']): AddressRules {
  const listed = matcher(hosts.map((host) => host.toLowerCase()));
  const trusts = (host: string) => allowPrivate || listed(host.toLowerCase());
  const refusal: Refusal = (host, given) => {
    const address = withoutZone(given);
    const says = `Webhook URL must not resolve to a non-public IP address: ${host} is ${given}`;
    if (within(NEVER, address)) return says;
    return trusts(host) || within(cidrs, address) || isPublic(address) ? null : says;
  };
  return { refusal, trusts };
}

function isPublic(address: string): boolean {
  if (within(NOT_PUBLIC, address)) return false;
  return isIP(address) === 4 || within(PUBLIC_V6, address);
}

/** An IPv4 address in IPv6 clothes is compared as what it is. What is no address at all is nowhere. */
function within(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? '';
}

function blocks(...lists: readonly (readonly string[])[]): BlockList {
  const list = new BlockList();
  for (const range of lists.flat()) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
