import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { eventSchemas, publicServices, restPaths } from '../testing/contract.ts';
import { chart, render } from '../testing/helm.ts';
import { type Manifest, ofKind } from '../testing/manifest.ts';
import { ingressPaths } from '../testing/rules/routes.ts';

type Route = { readonly type: string; readonly path: string; readonly to: string };

/** What is no rpc: artifacts' bytes, health, events. */
const OTHERS: readonly [string, string | undefined][] = [
  ['/health', 'tracking'],
  ['/version', 'tracking'],
  ['/api/2.0/mlflow-artifacts/artifacts/1/a/model.pkl', 'artifact-proxy'],
  ['/ajax-api/2.0/mlflow-artifacts/mpu/create/1/a', 'artifact-proxy'],
  ['/get-artifact', 'artifact-proxy'],
  ['/model-versions/get-artifact', 'artifact-proxy'],
  ['/ajax-api/2.0/mlflow/upload-artifact', 'artifact-proxy'],
  ['/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files', 'artifact-proxy'],
  ['/api/1.0/events', 'model-registry'],
  ['/livez', undefined],
  ['/readyz', undefined],
  ['/metrics', undefined],
  ['/', undefined],
];

for (const [kind, values] of [
  ['Ingress', 'production'],
  ['HTTPRoute', 'gateway'],
] as const) {
  describe(`every path of the contract leads to its service: ${kind}`, async () => {
    const set = ['routes.outboxes=false'];
    const manifests = await render({ values: [join(chart, `ci/${values}-values.yaml`)], set });
    const routes = ofKind(manifests, kind).flatMap(kind === 'Ingress' ? ofIngress : ofHttpRoute);

    it('rpcs', () => {
      const wrong = restPaths().filter(({ path, service }) => destination(routes, path) !== `millrace-${service}`);
      assert.deepEqual(wrong, []);
      assert.ok(restPaths().length > 100);
    });

    for (const [path, service] of OTHERS)
      it(`${path} → ${service ?? 'nobody'}`, () => {
        assert.equal(destination(routes, path), service && `millrace-${service}`);
      });

    it('dead letters only where operators ask for it', async () => {
      assert.equal(destination(routes, '/api/1.0/outboxes/tracking/dead'), undefined);
      const open = await render({ values: [join(chart, `ci/${values}-values.yaml`)], set: ['routes.outboxes=true'] });
      const opened = ofKind(open, kind).flatMap(kind === 'Ingress' ? ofIngress : ofHttpRoute);
      for (const service of ['tracking', 'artifact-proxy', 'model-registry'])
        assert.equal(destination(opened, `/api/1.0/outboxes/${service}/dead`), `millrace-${service}`);
    });
  });
}

describe('lists in files/ are those of the contract', () => {
  const list = (name: string) => parse(readFileSync(join(chart, 'files', name), 'utf8')) as unknown;
  it('schemas of events', () => assert.deepEqual(list('event-schemas.yaml'), eventSchemas()));
  it('services over gRPC', () => assert.deepEqual(list('grpc-services.yaml'), publicServices()));
});

function ofIngress({ spec }: Manifest): readonly Route[] {
  return ingressPaths(spec).map(({ path, pathType: type, backend }) => ({ type, path, to: backend.name }));
}

function ofHttpRoute({ spec }: Manifest): readonly Route[] {
  const rules = spec['rules'] as {
    matches: { path: { type: string; value: string } }[];
    backendRefs: { name: string }[];
  }[];
  return rules.flatMap(({ matches, backendRefs }) =>
    matches.map(({ path: { type, value } }) => ({ type, path: value, to: backendRefs[0]?.name ?? '' })),
  );
}

/** As both APIs say: the whole path first, then the longest prefix; regular expressions as controllers take them, before prefixes. */
function destination(routes: readonly Route[], path: string): string | undefined {
  const of = (...types: string[]) => routes.filter(({ type }) => types.includes(type));
  const exact = of('Exact').find((route) => route.path === path);
  const regular = of('RegularExpression', 'ImplementationSpecific').find((route) =>
    new RegExp(`^${route.path}$`).test(path),
  );
  const [prefix] = of('Prefix', 'PathPrefix')
    .filter((route) => path === route.path || path.startsWith(`${route.path}/`))
    .sort((a, b) => b.path.length - a.path.length);
  return (exact ?? regular ?? prefix)?.to;
}
