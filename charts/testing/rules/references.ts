import { containersOf, type Manifest, nameOf, ofKind } from '../manifest.ts';
import { pods } from './pods.ts';
import type { Rule } from './rule.ts';

type Reference = {
  readonly from: string;
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key?: string;
};

/** A Secret comes from the release, or is one that the values name. */
export const sources: Rule = {
  name: 'every Secret and ConfigMap that is referred to has a source',
  check: (manifests, given) =>
    pods(manifests).flatMap(({ manifest }) =>
      references(manifest).flatMap(({ from, kind, name, key }) => {
        const own = ofKind(manifests, kind).find(({ metadata }) => metadata.name === name);
        if (own === undefined) return given.includes(name) ? [] : [`${from}: nobody makes the ${kind} ${name}`];
        const has = key === undefined || key in { ...own.data, ...own.stringData };
        return has ? [] : [`${from}: the ${kind} ${name} has no ${key}`];
      }),
    ),
};

function references(manifest: Manifest): readonly Reference[] {
  const from = nameOf(manifest);
  return pods([manifest]).flatMap(({ pod }) => [
    ...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom: { secretKeyRef, configMapKeyRef } = {} }) => [
        ...(secretKeyRef ? [{ from, kind: 'Secret' as const, ...secretKeyRef }] : []),
        ...(configMapKeyRef ? [{ from, kind: 'ConfigMap' as const, ...configMapKeyRef }] : []),
      ]),
      ...envFrom.flatMap(({ secretRef, configMapRef }) => [
        ...(secretRef ? [{ from, kind: 'Secret' as const, ...secretRef }] : []),
        ...(configMapRef ? [{ from, kind: 'ConfigMap' as const, ...configMapRef }] : []),
      ]),
    ]),
    ...(pod.spec.volumes ?? []).flatMap(({ secret, configMap }) => [
      ...(secret ? [{ from, kind: 'Secret' as const, name: secret.secretName }] : []),
      ...(configMap ? [{ from, kind: 'ConfigMap' as const, name: configMap.name }] : []),
    ]),
  ]);
}

export const mounts: Rule = {
  name: 'what is mounted is a volume, and accounts that pods use are there',
  check: (manifests, given) =>
    pods(manifests).flatMap(({ of, pod }) => {
      const volumes = (pod.spec.volumes ?? []).map(({ name }) => name);
      const templates = (manifests.find((one) => nameOf(one) === of)?.spec?.['volumeClaimTemplates'] ??
        []) as Manifest[];
      const known = [...volumes, ...templates.map(({ metadata }) => metadata.name)];
      const mounted = containersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
      const account = pod.spec.serviceAccountName;
      const accounts = ofKind(manifests, 'ServiceAccount').map(({ metadata }) => metadata.name);
      return [
        ...mounted.filter((name) => !known.includes(name)).map((name) => `${of}: mounts ${name}, which is no volume`),
        ...(account === undefined || accounts.includes(account) || given.includes(account)
          ? []
          : [`${of}: there is no account ${account}`]),
      ];
    }),
};

export const names: Rule = {
  name: 'no two objects have one name, and all are in the namespace of the release',
  check: (manifests) => {
    const all = manifests.map(nameOf);
    return [
      ...all.filter((name, at) => all.indexOf(name) < at).map((name) => `${name}: is there twice`),
      ...manifests
        .filter(({ metadata: { namespace } }) => namespace !== undefined && namespace !== 'ml')
        .map((manifest) => `${nameOf(manifest)}: is in another namespace`),
      ...all.filter((name) => (name.split(' ')[1] ?? '').length > 63).map((name) => `${name}: is too long a name`),
    ];
  },
};

/** Helm makes hooks before everything else, in the order of their weights. */
export const hooks: Rule = {
  name: 'a hook needs nothing that comes after it',
  check: (manifests) =>
    pods(manifests.filter(isHook)).flatMap(({ of, manifest, pod }) => {
      const earlier = manifests.filter((one) => isHook(one) && weight(one) < weight(manifest));
      const account = earlier.some(({ kind, metadata }) => {
        return kind === 'ServiceAccount' && metadata.name === pod.spec.serviceAccountName;
      });
      const late = references(manifest).filter(({ kind, name }) =>
        manifests.some((one) => one.kind === kind && one.metadata.name === name && !earlier.includes(one)),
      );
      return [
        ...(account ? [] : [`${of}: its account comes later`]),
        ...late.map(({ kind, name }) => `${of}: the ${kind} ${name} comes later`),
      ];
    }),
};

const isHook = ({ metadata: { annotations = {} } }: Manifest) => 'helm.sh/hook' in annotations;
const weight = ({ metadata: { annotations = {} } }: Manifest) => Number(annotations['helm.sh/hook-weight'] ?? 0);
