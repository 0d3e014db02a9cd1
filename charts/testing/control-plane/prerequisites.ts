/** What the values files refer to and people have in their clusters: an account, a priority, a claim that is bound. */
export function prerequisites(namespace: string): string {
  const volume = `artifacts-${namespace}`;
  const size = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany'], storageClassName: '' };
  const items = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'existing' } },
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'business' }, value: 1000 },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume },
      spec: { ...size, claimRef: { namespace, name: 'artifacts' }, hostPath: { path: '/tmp' } },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'artifacts' },
      spec: {
        accessModes: size.accessModes,
        storageClassName: '',
        volumeName: volume,
        resources: { requests: { storage: '1Gi' } },
      },
    },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
