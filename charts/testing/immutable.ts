import { isDeepStrictEqual } from 'node:util';
import { type Manifest, nameOf } from './manifest.ts';

/** What the API server never lets change in an object that is there, by kind. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['selector'],
  StatefulSet: ['selector', 'serviceName', 'podManagementPolicy', 'volumeClaimTemplates'],
  Job: ['selector', 'template', 'completions', 'completionMode'],
  Service: ['clusterIP'],
  PersistentVolumeClaim: ['accessModes', 'storageClassName', 'volumeName', 'selector'],
};

/** What an upgrade from one rendering to the next would be refused for, one line each. Hooks are made anew each time. */
export function immutableChanges(before: readonly Manifest[], after: readonly Manifest[]): readonly string[] {
  return after.filter(isKept).flatMap((manifest) => {
    const old = before.filter(isKept).find((one) => nameOf(one) === nameOf(manifest));
    const fields = old === undefined ? [] : (FIELDS[manifest.kind] ?? []);
    return fields
      .filter((field) => !isDeepStrictEqual(old?.spec[field], manifest.spec[field]))
      .map((field) => `${nameOf(manifest)}: ${field} cannot change`);
  });
}

const isKept = ({ metadata: { annotations = {} } }: Manifest) =>
  !('helm.sh/hook' in annotations) && !('argocd.argoproj.io/hook' in annotations);

/** Objects that an upgrade would remove though people's data or addresses are in them. */
export function lostObjects(before: readonly Manifest[], after: readonly Manifest[]): readonly string[] {
  const kept = after.map(nameOf);
  return before
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Service', 'PersistentVolumeClaim'].includes(kind))
    .map(nameOf)
    .filter((name) => !kept.includes(name));
}
