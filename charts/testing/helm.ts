import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '@millrace/platform/testing/parts/run';
import { parseAllDocuments } from 'yaml';
import { goTool } from './go-tools.ts';
import type { Manifest } from './manifest.ts';

/** The oldest one the chart is for, one between, and the newest. */
export const KUBERNETES = ['1.30.14', '1.34.4', '1.37.2'] as const;
export const NEWEST = KUBERNETES[2];

export const chart = fileURLToPath(new URL('../millrace', import.meta.url));

/** Values files that people could have, and the one for development. */
export const valuesFiles: readonly string[] = [
  ...readdirSync(join(chart, 'ci'))
    .sort()
    .map((name) => join(chart, 'ci', name)),
  join(chart, 'values-dev.yaml'),
];

export type Rendering = {
  readonly values: readonly string[];
  readonly kubernetes?: string;
  /** As `key=value`. */
  readonly set?: readonly string[];
  readonly chart?: string;
  readonly release?: string;
  readonly namespace?: string;
};

/** What `helm template` prints; a failure carries the last lines of what it says. */
export async function template(rendering: Rendering): Promise<string> {
  const { kubernetes = NEWEST, release = 'millrace', namespace = 'ml', chart: of = chart } = rendering;
  const fixed = ['--namespace', namespace, '--kube-version', kubernetes];
  return run(await goTool('helm'), ['template', release, of, ...fixed, ...givenValues(rendering)]);
}

/** The arguments of helm that say which values. */
export function givenValues({ values, set = [] }: Rendering): readonly string[] {
  return [...values.flatMap((file) => ['--values', file]), ...set.flatMap((one) => ['--set', one])];
}

export async function render(rendering: Rendering): Promise<readonly Manifest[]> {
  return manifests(await template(rendering));
}

function manifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null)
    .map((manifest) => ({ ...manifest, spec: manifest.spec ?? {} }));
}

export const shortName = (file: string) => basename(file).replace(/(-values)?\.yaml$/, '');
