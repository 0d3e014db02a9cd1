import { type Labels, type Manifest, matches, nameOf, ofKind, type Pod } from '../manifest.ts';
import { pods } from './pods.ts';
import { hasPort } from './probes.ts';
import type { Rule } from './rule.ts';

type Peer = { readonly podSelector?: { readonly matchLabels?: Labels }; readonly namespaceSelector?: object };
type PolicyRule = {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: string | number }[];
};
type PolicySpec = {
  readonly podSelector: { readonly matchLabels?: Labels };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
};

const GRPC_PORT = 9090;

const policiesOf = (manifests: readonly Manifest[], pod: Pod) =>
  ofKind(manifests, 'NetworkPolicy')
    .map(({ spec }) => spec as PolicySpec)
    .filter(({ podSelector }) => matches(podSelector.matchLabels ?? {}, pod.metadata.labels));

const isPeer = (peers: readonly Peer[] | undefined, pod: Pod) =>
  peers === undefined ||
  peers.some(({ podSelector, namespaceSelector }) => {
    return (
      namespaceSelector === undefined && podSelector && matches(podSelector.matchLabels ?? {}, pod.metadata.labels)
    );
  });

const names = (port: string | number, { ports = [] }: PolicyRule) => ports.some((one) => one.port === port);

export const denied: Rule = {
  name: 'where there are policies, every pod is denied in both directions what no rule allows, but may ask for names',
  check: (manifests) => {
    if (ofKind(manifests, 'NetworkPolicy').length === 0) return [];
    return pods(manifests).flatMap(({ of, pod }) => {
      const policies = policiesOf(manifests, pod);
      const types = policies.flatMap(({ policyTypes }) => policyTypes);
      const egress = policies.flatMap((policy) => policy.egress ?? []);
      return [
        ...['Ingress', 'Egress'].filter((type) => !types.includes(type)).map((type) => `${of}: ${type} is open`),
        ...(egress.some((rule) => names(53, rule)) ? [] : [`${of}: may not ask for names`]),
        ...egress
          .filter(({ ports = [] }) => ports.length === 0 && of.startsWith('Deployment'))
          .map(() => `${of}: any port`),
      ];
    });
  },
};

export const policyPorts: Rule = {
  name: 'policies name ports that their pods have',
  check: (manifests) =>
    ofKind(manifests, 'NetworkPolicy').flatMap((policy) => {
      const { podSelector, ingress = [] } = policy.spec as PolicySpec;
      const about = pods(manifests).filter(({ pod }) => matches(podSelector.matchLabels ?? {}, pod.metadata.labels));
      return ingress
        .flatMap(({ ports = [] }) => ports)
        .filter(
          ({ port }) => !about.some(({ pod }) => pod.spec.containers.some((container) => hasPort(container, port))),
        )
        .map(({ port }) => `${nameOf(policy)}: no pod has port ${port}`);
    }),
};

export const calls: Rule = {
  name: 'a service that knows another’s address is let out to it, and let in there',
  check: (manifests) => {
    if (ofKind(manifests, 'NetworkPolicy').length === 0) return [];
    return addresses(manifests).flatMap(({ caller, called, address }) => {
      if (called === undefined) return [`${address}: leads to no pod`];
      const out = policiesOf(manifests, caller).flatMap(({ egress = [] }) => egress);
      const into = policiesOf(manifests, called).flatMap(({ ingress = [] }) => ingress);
      return [
        ...(out.some((rule) => names(GRPC_PORT, rule) && isPeer(rule.to, called)) ? [] : [`${address}: not let out`]),
        ...(into.some((rule) => names('grpc', rule) && isPeer(rule.from, caller)) ? [] : [`${address}: not let in`]),
      ];
    });
  },
};

function addresses(manifests: readonly Manifest[]) {
  return pods(ofKind(manifests, 'Deployment')).flatMap(({ manifest, pod: caller }) => {
    const { data = {} } =
      ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === manifest.metadata.name) ?? {};
    return Object.entries(data)
      .filter(([name]) => name.endsWith('_GRPC'))
      .map(([, address]) => ({ caller, address, called: behind(manifests, address) }));
  });
}

function behind(manifests: readonly Manifest[], address: string): Pod | undefined {
  const [host = '', port] = address.split(':');
  const service = ofKind(manifests, 'Service').find(({ metadata }) => metadata.name === host.split('.')[0]);
  const spec = service?.spec as { selector: Labels; ports: { port: number }[] } | undefined;
  if (!spec?.ports.some((one) => String(one.port) === port)) return undefined;
  return pods(ofKind(manifests, 'Deployment')).find(({ pod }) => matches(spec.selector, pod.metadata.labels))?.pod;
}
