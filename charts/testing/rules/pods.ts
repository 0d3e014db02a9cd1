import { type Container, containersOf, type Manifest, nameOf, type Pod, podOf } from '../manifest.ts';
import type { Rule } from './rule.ts';

type Found = { readonly of: string; readonly manifest: Manifest; readonly pod: Pod };

export function pods(manifests: readonly Manifest[]): readonly Found[] {
  return manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    return pod === undefined ? [] : [{ of: nameOf(manifest), manifest, pod }];
  });
}

const perContainer =
  (problemsOf: (container: Container, pod: Pod) => readonly (string | false)[]): Rule['check'] =>
  (manifests) =>
    pods(manifests).flatMap(({ of, pod }) =>
      containersOf(pod).flatMap((container) =>
        problemsOf(container, pod).flatMap((problem) =>
          problem === false ? [] : `${of}, ${container.name}: ${problem}`,
        ),
      ),
    );

const allowed = (name: string) =>
  ['emptyDir', 'configMap', 'secret', 'persistentVolumeClaim', 'projected'].includes(name);

export const restricted: Rule = {
  name: 'pods keep to the restricted standard',
  check: (manifests) => [
    ...perContainer(({ securityContext: own = {} }, { spec: { securityContext: common = {} } }) => {
      const all = { ...common, ...own };
      const { add = [], drop = [] } = (own['capabilities'] ?? {}) as { add?: string[]; drop?: string[] };
      const seccomp = (all['seccompProfile'] as { type?: string } | undefined)?.type ?? '';
      return [
        own['allowPrivilegeEscalation'] !== false && 'may escalate privileges',
        own['privileged'] === true && 'is privileged',
        !(drop.includes('ALL') && add.length === 0) && 'keeps capabilities',
        all['runAsNonRoot'] !== true && 'may run as root',
        all['runAsUser'] === 0 && 'runs as root',
        !['RuntimeDefault', 'Localhost'].includes(seccomp) && 'has no seccomp profile',
      ];
    })(manifests, ''),
    ...pods(manifests).flatMap(({ of, pod: { spec } }) => [
      ...(spec.hostNetwork || spec.hostPID || spec.hostIPC ? [`${of}: shares the host's namespaces`] : []),
      ...(spec.volumes ?? [])
        .filter((volume) => !Object.keys(volume).some(allowed))
        .map(({ name }) => `${of}: volume ${name} is of a kind that is not allowed`),
    ]),
  ],
};

export const readOnly: Rule = {
  name: 'our containers cannot write to their image',
  check: perContainer(({ image, securityContext = {} }) => [
    image.includes('millrace/') && securityContext['readOnlyRootFilesystem'] !== true && 'can write to its image',
  ]),
};

export const noTokens: Rule = {
  name: 'pods have no token of the cluster and no variables of its services',
  check: (manifests) => [
    ...pods(manifests).flatMap(({ of, pod: { spec } }) => [
      ...(spec.automountServiceAccountToken === false ? [] : [`${of}: mounts a token`]),
      ...(spec.enableServiceLinks === false ? [] : [`${of}: gets variables of services`]),
    ]),
    ...manifests
      .filter(({ kind }) => kind === 'ServiceAccount')
      .filter(
        (account) => (account as { automountServiceAccountToken?: boolean }).automountServiceAccountToken !== false,
      )
      .map((account) => `${nameOf(account)}: mounts its token`),
  ],
};

export const resources: Rule = {
  name: 'containers of ours ask for processor and memory, and are bound in memory only',
  check: perContainer(({ image, resources: { requests = {}, limits = {} } = {} }) => {
    if (!image.includes('millrace/')) return [];
    const asked = ['cpu', 'memory'].filter((name) => !(name in requests));
    return [
      asked.length > 0 && `does not ask for ${asked.join(' and ')}`,
      !('memory' in limits) && 'has no limit of memory',
      'cpu' in limits && 'is throttled by a limit of processor',
    ];
  }),
};

export const images: Rule = {
  name: 'images have a tag or a digest, and never the moving one',
  check: perContainer(({ image }) => [
    !/(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(image) && `${image} has no tag`,
    image.endsWith(':latest') && `${image} moves`,
  ]),
};

export const variables: Rule = {
  name: 'no variable is set twice in a container',
  check: perContainer(({ env = [] }) =>
    env.map(({ name }, at) => env.findIndex((other) => other.name === name) < at && `${name} is set twice`),
  ),
};
