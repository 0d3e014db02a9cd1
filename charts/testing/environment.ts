import { type Manifest, ofKind, podOf } from './manifest.ts';

/** What stands in the Secrets of users. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://millrace:secret@db:5432/millrace',
  EVENTS_DATABASE_URL: 'postgres://millrace:secret@db:5432/events',
  WEBHOOK_SECRET_ENCRYPTION_KEY: `${'A'.repeat(43)}=`,
};

/** The variables that a container of a workload gets, with something in place of every secret. */
export function environment(
  manifests: readonly Manifest[],
  workload: Manifest,
  containerName?: string,
): Record<string, string> {
  const containers = podOf(workload)?.spec.containers ?? [];
  const container = containers.find(({ name }) => name === containerName) ?? containers[0];
  const map = container?.envFrom?.find(({ configMapRef }) => configMapRef !== undefined)?.configMapRef?.name;
  const data = ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === map)?.data;
  const own = (container?.env ?? []).map(({ name, value, valueFrom }): [string, string] => {
    const key = valueFrom?.secretKeyRef?.key;
    return [name, value ?? SECRETS[name] ?? (key === undefined ? name.toLowerCase() : `secret of ${key}`)];
  });
  return { ...data, ...Object.fromEntries(own) };
}

export const componentOf = ({ metadata: { labels = {} } }: Manifest) => labels['app.kubernetes.io/component'] ?? '';
