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
};

/** What `helm template` prints; a failure carries the last lines of what it says. */
export async function template({ values, kubernetes = NEWEST, set = [], ...rest }: Rendering): Promise<string> {
  const { release = 'millrace', chart: of = chart } = rest;
  const given = [...values.flatMap((file) => ['--values', file]), ...set.flatMap((one) => ['--set', one])];
  return run(await goTool('helm'), [
    'template',
    release,
    of,
    '--namespace',
    'ml',
    '--kube-version',
    kubernetes,
    ...given,
  ]);
}

export async function render(rendering: Rendering): Promise<readonly Manifest[]> {
  return manifests(await template(rendering));
}

export function manifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null);
}

export const shortName = (file: string) => basename(file).replace(/(-values)?\.yaml$/, '');
