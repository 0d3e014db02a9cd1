import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '@millrace/platform/testing/parts/cache';
import { progress } from '@millrace/platform/testing/parts/progress';
import { parseAllDocuments } from 'yaml';
import { goModule } from './go-tools.ts';
import { type Schema, strict } from './json-schema.ts';
import { ofKind, schemaFile } from './kubernetes-schemas.ts';

type Source = {
  readonly module: string;
  readonly version: string;
  readonly folder: string;
  readonly kinds: readonly string[];
};

/** Whose kinds the chart can render, beside those of Kubernetes. */
const SOURCES: readonly Source[] = [
  {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.6.3',
    folder: 'config/crd/standard',
    kinds: ['HTTPRoute', 'GRPCRoute'],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    folder: 'example/prometheus-operator-crd',
    kinds: ['ServiceMonitor', 'PodMonitor', 'PrometheusRule'],
  },
  {
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    folder: 'config/crd/bases',
    kinds: ['ScaledObject'],
  },
];

type Definition = {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
};

/** A folder with the definitions of custom kinds as their authors publish them (`crds/`), and JSON Schemas made from them. */
export function customResources(): Promise<string> {
  const versions = SOURCES.map(({ version }) => version).join('-');
  return cachedFolder({ name: `custom-resources-1-${versions}`, marker: 'complete', fill: make });
}

async function make(folder: string): Promise<void> {
  const sources = join(folder, 'sources');
  mkdirSync(join(folder, 'crds'));
  for (const { module, version, folder: within, kinds } of SOURCES) {
    progress(`${module} ${version}: fetching definitions (once)`);
    mkdirSync(sources, { recursive: true });
    const env = { GOMODCACHE: sources, GOFLAGS: '-modcacherw' };
    const from = join(await goModule(module, version, folder, env), within);
    for (const file of readdirSync(from).filter((name) => name.endsWith('.yaml')))
      takeKinds(join(from, file), kinds, folder);
    rmSync(sources, { recursive: true });
  }
  writeFileSync(join(folder, 'complete'), '');
}

function takeKinds(file: string, kinds: readonly string[], folder: string): void {
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    const definition = document.toJS() as Definition | null;
    if (definition?.kind !== 'CustomResourceDefinition' || !kinds.includes(definition.spec.names.kind)) continue;
    const { group, names, versions } = definition.spec;
    copyFileSync(file, join(folder, 'crds', `${names.kind.toLowerCase()}.yaml`));
    for (const { name: version, schema } of versions) {
      const kind = { group, version, kind: names.kind };
      writeFileSync(join(folder, schemaFile(kind)), JSON.stringify(ofKind(strict(schema.openAPIV3Schema), kind)));
    }
  }
}
