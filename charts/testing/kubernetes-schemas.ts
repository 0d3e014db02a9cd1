import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '@millrace/platform/testing/parts/cache';
import { progress } from '@millrace/platform/testing/parts/progress';
import { goModule } from './go-tools.ts';
import { type Schema, strict, withReferences } from './json-schema.ts';

type Definition = Schema & {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly 'x-kubernetes-group-version-kind'?: readonly Kind[];
};
type Kind = { readonly group: string; readonly version: string; readonly kind: string };

/** The folder of one strict JSON Schema per kind of a Kubernetes version, made from the API description in its sources. */
export function kubernetesSchemas(version: string): Promise<string> {
  return cachedFolder({
    name: `kubernetes-schemas-1-v${version}`,
    marker: 'complete',
    fill: (to) => make(version, to),
  });
}

async function make(version: string, folder: string): Promise<void> {
  progress(`Kubernetes ${version}: making schemas (once)`);
  // The sources are large and only one file of them is wanted, so they do not stay.
  const sources = join(folder, 'sources');
  mkdirSync(sources);
  const env = { GOMODCACHE: sources, GOFLAGS: '-modcacherw' };
  const module = await goModule('k8s.io/kubernetes', `v${version}`, folder, env);
  const description = JSON.parse(readFileSync(join(module, 'api/openapi-spec/swagger.json'), 'utf8')) as unknown;
  const { definitions } = description as { definitions: Record<string, Definition> };
  rmSync(sources, { recursive: true });

  const all = Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, strict(definition)]));
  for (const [name, { properties, 'x-kubernetes-group-version-kind': kinds = [] }] of Object.entries(definitions)) {
    if (properties?.['kind'] === undefined || properties['apiVersion'] === undefined) continue;
    for (const kind of kinds) {
      writeFileSync(join(folder, schemaFile(kind)), JSON.stringify(withReferences(ofKind(all[name], kind), all)));
    }
  }
  writeFileSync(join(folder, 'complete'), '');
}

/** The name under which kubeconform looks for a kind: `deployment-apps-v1.json`, `service-v1.json`. */
export function schemaFile({ group, version, kind }: Kind): string {
  const [shortGroup] = group.split('.');
  return `${[kind.toLowerCase(), shortGroup, version].filter(Boolean).join('-')}.json`;
}

/** With exactly this kind and version of it. */
export function ofKind(schema: Schema = {}, { group, version, kind }: Kind): Schema {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return {
    ...schema,
    properties: { ...(schema['properties'] as object), apiVersion: { const: apiVersion }, kind: { const: kind } },
    required: [...new Set([...((schema['required'] as string[] | undefined) ?? []), 'apiVersion', 'kind'])],
  };
}
