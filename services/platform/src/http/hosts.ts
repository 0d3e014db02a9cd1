import { BlockList, isIP } from 'node:net';
import { matcher } from './globs.ts';

const REMEMBERED = 256;

/** Nobody can make a name they own resolve to these in a browser's address bar, so they are safe from DNS rebinding. */
const PRIVATE = new BlockList();
PRIVATE.addAddress('0.0.0.0');
PRIVATE.addSubnet('127.0.0.0', 8);
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

/**
 * Says whether a `Host` header may be served. Ports do not count. Localhost and private addresses always may; `allowed` adds names,
 * with `*` for any part of one.
 */
export function hostCheck(allowed: readonly string[]): (host: string | undefined) => boolean {
  const isListed = matcher(allowed.map((pattern) => hostname(pattern)));
  const known = new Map<string, boolean>();
  return (host = '') => {
    const remembered = known.get(host);
    if (remembered !== undefined) return remembered;
    const name = hostname(host);
    const verdict = isLocal(name) || isListed(name);
    if (known.size === REMEMBERED) known.clear();
    known.set(host, verdict);
    return verdict;
  };
}

/** `[::1]:5000` → `::1`, `Example.com:*` → `example.com`. */
function hostname(host: string): string {
  return host
    .toLowerCase()
    .replace(/:(\d+|\*)$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

function isLocal(name: string): boolean {
  if (name === 'localhost') return true;
  const version = isIP(name);
  return version !== 0 && PRIVATE.check(name, version === 6 ? 'ipv6' : 'ipv4');
}
