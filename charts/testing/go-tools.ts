import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '@millrace/platform/testing/parts/cache';
import { goInstall } from '@millrace/platform/testing/parts/go-install';
import { Unavailable } from '@millrace/platform/testing/parts/part';
import { progress } from '@millrace/platform/testing/parts/progress';
import { exists, run } from '@millrace/platform/testing/parts/run';

const INSTALLED = {
  helm: { module: 'helm.sh/helm/v3', folder: 'cmd/helm', version: 'v3.22.0' },
  kubeconform: { module: 'github.com/yannh/kubeconform', folder: 'cmd/kubeconform', version: 'v0.8.0' },
  'helm-docs': { module: 'github.com/norwoodj/helm-docs', folder: 'cmd/helm-docs', version: 'v1.14.2' },
} as const;

const UNITTEST = { module: 'github.com/helm-unittest/helm-unittest', version: 'v1.1.2' };
/** What helm-unittest replaces in its own build, which is why `go install` refuses it. */
const UNITTEST_REPLACED = 'github.com/vmware-labs/yaml-jsonpath => github.com/helm-unittest/yaml-jsonpath v0.4.0';

/** The path of a program, built the first time it is asked for. Throws `Unavailable` where it cannot be. */
export async function goTool(name: keyof typeof INSTALLED | 'helm-unittest'): Promise<string> {
  if (name === 'helm-unittest') return helmUnittest();
  const { module, folder, version } = INSTALLED[name];
  const fill = (target: string) => {
    progress(`${name} ${version}: building it (once)`);
    return goInstall(`${module}/${folder}@${version}`, target, new AbortController().signal);
  };
  return join(await cachedFolder({ name: `${name}-${version}`, marker: name, fill }), name);
}

async function helmUnittest(): Promise<string> {
  const { module, version } = UNITTEST;
  const program = 'helm-unittest';
  const fill = async (target: string) => {
    progress(`${program} ${version}: building it (once)`);
    const lines = ['module millrace/charts', 'go 1.26', `replace ${UNITTEST_REPLACED}`];
    writeFileSync(join(target, 'go.mod'), `${lines.join('\n')}\n`);
    await goRun(['get', '-tool', `${module}/cmd/${program}@${version}`], target);
    await goRun(['build', '-trimpath', '-ldflags', '-s -w', '-o', program, `${module}/cmd/${program}`], target);
  };
  return join(await cachedFolder({ name: `${program}-${version}`, marker: program, fill }), program);
}

/** Runs Go politely in a folder; throws `Unavailable` where there is none. */
export async function goRun(args: readonly string[], cwd: string, extra: NodeJS.ProcessEnv = {}): Promise<string> {
  if (!(await exists('go', ['version']))) throw new Unavailable('Go 1.26 or newer is needed');
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', ...extra };
  return run('nice', ['-n', '10', 'go', ...args], { cwd, env });
}

/** The folder of a published module's sources, which stays in Go's own cache. */
export async function goModule(module: string, version: string, cwd: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const answer = JSON.parse(await goRun(['mod', 'download', '-json', `${module}@${version}`], cwd, env)) as unknown;
  const { Dir } = answer as { Dir: string };
  return Dir;
}
