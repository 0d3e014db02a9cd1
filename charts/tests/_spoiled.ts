import type { Manifest } from '../testing/manifest.ts';

/** Renderings are only data, and to break one is to reach into it. */
// biome-ignore lint/suspicious/noExplicitAny: a place in a rendering has whatever type it has
type Place = any;
type Spoil = (manifests: readonly Manifest[]) => void;

const of = (manifests: readonly Manifest[], kind: string, name = 'millrace-tracking'): Place =>
  manifests.find((one) => one.kind === kind && one.metadata.name === name);
const pod = (manifests: readonly Manifest[], kind = 'Deployment', name = 'millrace-tracking'): Place =>
  of(manifests, kind, name).spec.template;
const container = (manifests: readonly Manifest[]): Place => pod(manifests).spec.containers[0];

/** By the name of a rule: changes to a good rendering that the rule must notice. */
export const spoiled: Readonly<Record<string, readonly Spoil[]>> = {
  'pods keep to the restricted standard': [
    (all) => delete pod(all).spec.securityContext.seccompProfile,
    (all) => delete pod(all).spec.securityContext.runAsNonRoot,
    (all) => delete container(all).securityContext.allowPrivilegeEscalation,
    (all) => container(all).securityContext.capabilities.drop.pop(),
    (all) => delete pod(all, 'Job', 'millrace-migrate').spec.containers[2].securityContext.capabilities,
    (all) => pod(all).spec.volumes.push({ name: 'x', hostPath: { path: '/' } }),
    (all) => (pod(all).spec.hostNetwork = true),
  ],
  'our containers cannot write to their image': [(all) => delete container(all).securityContext.readOnlyRootFilesystem],
  'pods have no token of the cluster and no variables of its services': [
    (all) => delete pod(all).spec.automountServiceAccountToken,
    (all) => delete pod(all).spec.enableServiceLinks,
    (all) => delete of(all, 'ServiceAccount').automountServiceAccountToken,
  ],
  'containers of ours ask for processor and memory, and are bound in memory only': [
    (all) => delete container(all).resources.limits,
    (all) => delete container(all).resources.requests.cpu,
    (all) => (container(all).resources.limits.cpu = '1'),
  ],
  'images have a tag or a digest, and never the moving one': [
    (all) => (container(all).image = 'millrace/tracking'),
    (all) => (container(all).image = 'millrace/tracking:latest'),
  ],
  'no variable is set twice in a container': [(all) => container(all).env.push(container(all).env[0])],
  'probes ask ports that their container has': [
    (all) => (container(all).readinessProbe.httpGet.port = 'web'),
    (all) => (container(all).startupProbe.httpGet.port = 80),
  ],
  'services have three probes, and liveness asks for the process alone': [
    (all) => (container(all).livenessProbe.httpGet.path = '/readyz'),
    (all) => (container(all).readinessProbe.httpGet.path = '/livez'),
    (all) => delete container(all).startupProbe,
  ],
  'services are taken out of their Services before they stop, and end by themselves within their grace': [
    (all) => delete container(all).lifecycle,
    (all) => (pod(all).spec.terminationGracePeriodSeconds = 30),
  ],
  'Services select the pods of one workload, and name ports that these have': [
    (all) => (of(all, 'Service').spec.selector['app.kubernetes.io/component'] = 'x'),
    (all) => delete of(all, 'Service').spec.selector['app.kubernetes.io/component'],
    (all) => (of(all, 'Service').spec.ports[2].targetPort = 'prometheus'),
  ],
  'workloads select their own pods and nobody else’s': [
    (all) => delete of(all, 'Deployment').spec.selector.matchLabels['app.kubernetes.io/component'],
    (all) => (of(all, 'Deployment').spec.selector.matchLabels.x = 'y'),
  ],
  'budgets, scalers and policies are about pods that are there': [
    (all) => (of(all, 'PodDisruptionBudget').spec.selector.matchLabels.x = 'y'),
    (all) => (of(all, 'HorizontalPodAutoscaler').spec.scaleTargetRef.name = 'x'),
    (all) => (of(all, 'Deployment').spec.replicas = 3),
    (all) => (of(all, 'NetworkPolicy').spec.podSelector.matchLabels.x = 'y'),
  ],
  'monitors find a port on what they select': [
    (all) => (of(all, 'ServiceMonitor', 'millrace').spec.endpoints[0].port = 'http-metrics'),
    (all) => (of(all, 'ServiceMonitor', 'millrace').spec.selector.matchLabels.x = 'y'),
    (all) => (of(all, 'Service').spec.ports[2].name = 'prometheus'),
  ],
  'every Secret and ConfigMap that is referred to has a source': [
    (all) => (container(all).env[0].valueFrom.secretKeyRef.name = 'surprise'),
    (all) => (container(all).envFrom[0].configMapRef.name = 'surprise'),
    (all) => (pod(all).spec.volumes[0].configMap.name = 'surprise'),
  ],
  'what is mounted is a volume, and accounts that pods use are there': [
    (all) => (container(all).volumeMounts[0].name = 'x'),
    (all) => (pod(all).spec.serviceAccountName = 'surprise'),
  ],
  'no two objects have one name, and all are in the namespace of the release': [
    (all) => (of(all, 'Service', 'millrace-tracking-pods').metadata.name = 'millrace-tracking'),
    (all) => (of(all, 'Service').metadata.namespace = 'default'),
    (all) => (of(all, 'Service').metadata.name = 'x'.repeat(64)),
  ],
  'a hook needs nothing that comes after it': [
    (all) => delete of(all, 'ServiceAccount', 'millrace-migrations').metadata.annotations,
    (all) =>
      pod(all, 'Job', 'millrace-migrate').spec.containers[0].env.push({
        name: 'X',
        valueFrom: { configMapKeyRef: { name: 'millrace-tracking', key: 'LOG_LEVEL' } },
      }),
  ],
  'where there are policies, every pod is denied in both directions what no rule allows, but may ask for names': [
    (all) => {
      of(all, 'NetworkPolicy').spec.policyTypes = ['Ingress'];
      of(all, 'NetworkPolicy', 'millrace-default-deny').spec.policyTypes = ['Ingress'];
    },
    (all) => (of(all, 'NetworkPolicy', 'millrace-default-deny').spec.egress = []),
    (all) => of(all, 'NetworkPolicy').spec.egress.push({}),
  ],
  'policies name ports that their pods have': [
    (all) => (of(all, 'NetworkPolicy').spec.ingress[0].ports[0].port = 'web'),
  ],
  'a service that knows another’s address is let out to it, and let in there': [
    (all) => (of(all, 'NetworkPolicy').spec.egress = []),
    (all) => (of(all, 'NetworkPolicy').spec.ingress = []),
    (all) => (of(all, 'ConfigMap').data.ARTIFACT_PROXY_GRPC = 'elsewhere:9090'),
  ],
  'routes lead to ports of Services that are there': [
    (all) => (of(all, 'Ingress', 'millrace').spec.rules[0].http.paths[0].backend.service.name = 'x'),
    (all) => (of(all, 'Ingress', 'millrace').spec.rules[0].http.paths[0].backend.service.port.name = 'x'),
  ],
};
