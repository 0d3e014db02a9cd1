import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '@millrace/platform/testing/parts/cache';
import { goInstall } from '@millrace/platform/testing/parts/go-install';
import { progress } from '@millrace/platform/testing/parts/progress';
import { goModule, goRun } from '../go-tools.ts';

const KUBERNETES = '1.37.2';
const KWOK = { module: 'sigs.k8s.io/kwok', version: 'v0.8.0' };
const SERVERS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** What kwok does to nodes and pods: nodes are ready and say so, pods run at once, those of Jobs succeed, deleted ones go. */
const STAGES = [
  'node/fast/node-initialize',
  'node/heartbeat/node-heartbeat',
  'pod/fast/pod-ready',
  'pod/fast/pod-complete',
  'pod/fast/pod-delete',
];

/** The file in the folder of programs that tells kwok its stages. */
export const STAGES_FILE = 'stages.yaml';

/** The folder with the servers of a real control plane, and with kwok, which plays the nodes. */
export function controlPlanePrograms(): Promise<string> {
  const name = `control-plane-1-v${KUBERNETES}-kwok-${KWOK.version}`;
  return cachedFolder({ name, marker: STAGES_FILE, fill: build });
}

async function build(folder: string): Promise<void> {
  progress(`Kubernetes ${KUBERNETES}: building its control plane (15 minutes of one core, once)`);
  const sources = join(folder, 'sources');
  await mkdir(sources);
  writeFileSync(join(sources, 'go.mod'), await goMod(sources));
  await goRun(['mod', 'tidy'], sources);
  const about = 'k8s.io/component-base/version';
  const [major, minor] = KUBERNETES.split('.');
  const values = { gitVersion: `v${KUBERNETES}`, gitMajor: major, gitMinor: minor };
  const stamps = Object.entries(values).map(([key, value]) => `-X ${about}.${key}=${value}`);
  await goRun(
    ['build', '-trimpath', '-ldflags', ['-s', '-w', ...stamps].join(' '), '-o', `${folder}/`, 'tool'],
    sources,
  );
  rmSync(sources, { recursive: true });

  await goInstall(`${KWOK.module}/cmd/kwok@${KWOK.version}`, folder, new AbortController().signal);
  const stages = join(await goModule(KWOK.module, KWOK.version, folder), 'kustomize/stage');
  const texts = STAGES.map((file) => readFileSync(join(stages, `${file}.yaml`), 'utf8'));
  writeFileSync(join(folder, STAGES_FILE), texts.join('\n---\n'));
}

/**
 * Kubernetes takes its own libraries from folders beside it, so that it cannot be installed as a module. This module names
 * the published versions of the same libraries in their place.
 */
async function goMod(folder: string): Promise<string> {
  const sources = await goModule('k8s.io/kubernetes', `v${KUBERNETES}`, folder);
  const published = `v0.${KUBERNETES.split('.').slice(1).join('.')}`;
  const text = readFileSync(join(sources, 'go.mod'), 'utf8');
  const libraries = [...text.matchAll(/(k8s\.io\/[\w-]+) => \.\/staging/g)].map(([, name]) => name);
  const lines = [
    'module millrace/controlplane',
    'go 1.26.0',
    `require k8s.io/kubernetes v${KUBERNETES}`,
    ...SERVERS.map((server) => `tool k8s.io/kubernetes/cmd/${server}`),
    ...new Set(libraries.map((name) => `replace ${name} => ${name} ${published}`)),
  ];
  return `${lines.join('\n')}\n`;
}
