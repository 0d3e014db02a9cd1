import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@millrace/platform/testing/parts/run';
import { customResources } from './custom-resources.ts';
import { goTool } from './go-tools.ts';
import { kubernetesSchemas } from './kubernetes-schemas.ts';

const FILE = '{{ .ResourceKind }}{{ .KindSuffix }}.json';

type Report = {
  readonly resources: readonly {
    readonly kind: string;
    readonly name: string;
    readonly status: string;
    readonly msg: string;
  }[];
};

/** What is wrong with rendered objects by the schemas of a Kubernetes version, one line each; unknown kinds are wrong too. */
export async function conform(yaml: string, kubernetes: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-chart-'));
  try {
    const file = join(folder, 'rendered.yaml');
    writeFileSync(file, yaml);
    const places = [await kubernetesSchemas(kubernetes), await customResources()];
    const schemas = places.flatMap((place) => ['-schema-location', join(place, FILE)]);
    // it answers 1 for what it finds, and says what on its output
    const script = '"$0" "$@" || test $? -eq 1';
    const args = ['-strict', '-output', 'json', '-kubernetes-version', kubernetes, ...schemas, file];
    const { resources } = JSON.parse(await run('sh', ['-c', script, await goTool('kubeconform'), ...args])) as Report;
    return (resources ?? []).map(({ kind, name, status, msg }) => `${kind} ${name}: ${status}: ${msg}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
