import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { restPaths } from '../../charts/testing/contract.ts';

const CONFIG = readFileSync(new URL('../../compose/nginx/routes.conf', import.meta.url), 'utf8');

type Routes = { readonly exact: readonly string[]; readonly prefixes: readonly string[]; readonly outboxes: string };

/** The chart's list says what there is besides the contract: bytes, events, dead letters. */
const CHART = parse(
  readFileSync(new URL('../../charts/millrace/files/routes.yaml', import.meta.url), 'utf8'),
) as Readonly<Record<string, Routes>>;
const LISTED = Object.entries(CHART).flatMap(([service, { exact, prefixes, outboxes }]) =>
  [...exact, ...prefixes.map((prefix) => `${prefix}/something`), `${outboxes}/dead`].map(
    (path) => [path, service] as const,
  ),
);

describe('nginx in docker-compose.yml', () => {
  it('sends every path of the contract to its service', () => {
    const paths = restPaths();
    expect(paths.filter(({ path, service }) => destination(path) !== service)).toEqual([]);
    expect(paths.length).toBeGreaterThan(100);
  });

  it.each([...LISTED, ['/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files', 'artifact-proxy'] as const])(
    'sends %s to %s',
    (path, service) => {
      expect(destination(path)).toBe(service);
    },
  );
});

/** As nginx does it: the first regular expression that matches, and otherwise the one prefix. */
function destination(path: string): string | undefined {
  const locations = [...CONFIG.matchAll(/^location (~ )?(\S+) \{\s+proxy_pass http:\/\/([\w-]+);\s+\}$/gm)];
  const found =
    locations.find(([, expression, pattern = '']) => expression && new RegExp(pattern).test(path)) ??
    locations.find(([, expression, prefix = '']) => !expression && path.startsWith(prefix));
  return found?.[3];
}
