import type { Manifest } from '../testing/manifest.ts';

type Spoil = (manifests: readonly Manifest[]) => void;
type Place = Record<string, unknown>;

const TRACKING = 'millrace-tracking';
const POD = 'spec template spec';
const CONTAINER = `${POD} containers 0`;
const COMPONENT = 'app.kubernetes.io/component';

/** Sets what is at a path (its keys between spaces, `+` for one more item of a list); without a value it goes. */
function change(kind: string, path: string, value?: unknown, name = TRACKING): Spoil {
  return (manifests) => {
    const keys = path.split(' ');
    const last = keys.pop() ?? '';
    const start: unknown = manifests.find((one) => one.kind === kind && one.metadata.name === name);
    const place = keys.reduce((node, key) => (node as Place)[key], start);
    if (last === '+') (place as unknown[]).push(value);
    else if (value === undefined) delete (place as Place)[last];
    else (place as Place)[last] = value;
  };
}

const deployment = (path: string, value?: unknown) => change('Deployment', path, value);
const both =
  (...spoils: readonly Spoil[]): Spoil =>
  (manifests) =>
    spoils.forEach((spoil) => {
      spoil(manifests);
    });

/** By the name of a rule: changes to a good rendering that the rule must notice. */
export const spoiled: Readonly<Record<string, readonly Spoil[]>> = {
  'pods keep to the restricted standard': [
    deployment(`${POD} securityContext seccompProfile`),
    deployment(`${POD} securityContext runAsNonRoot`),
    deployment(`${CONTAINER} securityContext allowPrivilegeEscalation`),
    deployment(`${CONTAINER} securityContext capabilities drop`, []),
    deployment(`${POD} volumes +`, { name: 'x', hostPath: { path: '/' } }),
    deployment(`${POD} hostNetwork`, true),
    change('Job', `${POD} containers 2 securityContext capabilities`, undefined, 'millrace-migrate'),
  ],
  'our containers cannot write to their image': [deployment(`${CONTAINER} securityContext readOnlyRootFilesystem`)],
  'pods have no token of the cluster and no variables of its services': [
    deployment(`${POD} automountServiceAccountToken`),
    deployment(`${POD} enableServiceLinks`),
    change('ServiceAccount', 'automountServiceAccountToken'),
  ],
  'containers of ours ask for processor and memory, and are bound in memory only': [
    deployment(`${CONTAINER} resources limits`),
    deployment(`${CONTAINER} resources requests cpu`),
    deployment(`${CONTAINER} resources limits cpu`, '1'),
  ],
  'images have a tag or a digest, and never the moving one': [
    deployment(`${CONTAINER} image`, 'millrace/tracking'),
    deployment(`${CONTAINER} image`, 'millrace/tracking:latest'),
  ],
  'no variable is set twice in a container': [deployment(`${CONTAINER} env +`, { name: 'DATABASE_URL', value: 'x' })],
  'probes ask ports that their container has': [
    deployment(`${CONTAINER} readinessProbe httpGet port`, 'web'),
    deployment(`${CONTAINER} startupProbe httpGet port`, 80),
  ],
  'services have three probes, and liveness asks for the process alone': [
    deployment(`${CONTAINER} livenessProbe httpGet path`, '/readyz'),
    deployment(`${CONTAINER} readinessProbe httpGet path`, '/livez'),
    deployment(`${CONTAINER} startupProbe`),
  ],
  'services are taken out of their Services before they stop, and end by themselves within their grace': [
    deployment(`${CONTAINER} lifecycle`),
    deployment(`${POD} terminationGracePeriodSeconds`, 30),
  ],
  'Services select the pods of one workload, and name ports that these have': [
    change('Service', `spec selector ${COMPONENT}`, 'x'),
    change('Service', `spec selector ${COMPONENT}`),
    change('Service', 'spec ports 2 targetPort', 'prometheus'),
  ],
  'workloads select their own pods and nobody else’s': [
    deployment(`spec selector matchLabels ${COMPONENT}`),
    deployment('spec selector matchLabels x', 'y'),
  ],
  'budgets, scalers and policies are about pods that are there': [
    change('PodDisruptionBudget', 'spec selector matchLabels x', 'y'),
    change('HorizontalPodAutoscaler', 'spec scaleTargetRef name', 'x'),
    deployment('spec replicas', 3),
    change('NetworkPolicy', 'spec podSelector matchLabels x', 'y'),
  ],
  'monitors find a port on what they select': [
    change('ServiceMonitor', 'spec endpoints 0 port', 'http-metrics', 'millrace'),
    change('ServiceMonitor', 'spec selector matchLabels x', 'y', 'millrace'),
    change('Service', 'spec ports 2 name', 'prometheus'),
  ],
  'every Secret and ConfigMap that is referred to has a source': [
    deployment(`${CONTAINER} env 0 valueFrom secretKeyRef name`, 'surprise'),
    deployment(`${CONTAINER} envFrom 0 configMapRef name`, 'surprise'),
    deployment(`${POD} volumes 0 configMap name`, 'surprise'),
  ],
  'what is mounted is a volume, and accounts that pods use are there': [
    deployment(`${CONTAINER} volumeMounts 0 name`, 'x'),
    deployment(`${POD} serviceAccountName`, 'surprise'),
  ],
  'no two objects have one name, and all are in the namespace of the release': [
    change('Service', 'metadata name', TRACKING, `${TRACKING}-pods`),
    change('Service', 'metadata namespace', 'default'),
    change('Service', 'metadata name', 'x'.repeat(64)),
  ],
  'a hook needs nothing that comes after it': [
    change('ServiceAccount', 'metadata annotations', {}, 'millrace-migrations'),
    change(
      'Job',
      `${POD} containers 0 env +`,
      { name: 'X', valueFrom: { configMapKeyRef: { name: TRACKING, key: 'LOG_LEVEL' } } },
      'millrace-migrate',
    ),
  ],
  'where there are policies, every pod is denied in both directions what no rule allows, but may ask for names': [
    both(
      change('NetworkPolicy', 'spec policyTypes', ['Ingress']),
      change('NetworkPolicy', 'spec policyTypes', ['Ingress'], 'millrace-default-deny'),
    ),
    change('NetworkPolicy', 'spec egress', [], 'millrace-default-deny'),
    change('NetworkPolicy', 'spec egress +', {}),
  ],
  'policies name ports that their pods have': [change('NetworkPolicy', 'spec ingress 0 ports 0 port', 'web')],
  'a service that knows another’s address is let out to it, and let in there': [
    change('NetworkPolicy', 'spec egress', []),
    change('NetworkPolicy', 'spec ingress', []),
    change('ConfigMap', 'data ARTIFACT_PROXY_GRPC', 'elsewhere:9090'),
  ],
  'routes lead to ports of Services that are there': [
    change('Ingress', 'spec rules 0 http paths 0 backend service name', 'x', 'millrace'),
    change('Ingress', 'spec rules 0 http paths 0 backend service port name', 'x', 'millrace'),
  ],
};
