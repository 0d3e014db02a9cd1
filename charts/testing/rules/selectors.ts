import { containersOf, type Labels, type Manifest, matches, nameOf, ofKind, type Pod } from '../manifest.ts';
import { pods } from './pods.ts';
import { hasPort } from './probes.ts';
import type { Rule } from './rule.ts';

type ServicePort = { readonly name?: string; readonly port: number; readonly targetPort?: string | number };
type ServiceSpec = { readonly selector: Labels; readonly ports: readonly ServicePort[] };
type Selector = { readonly matchLabels?: Labels };

const selected = (manifests: readonly Manifest[], selector: Labels | undefined): readonly Pod[] =>
  pods(manifests).flatMap(({ pod }) => (matches(selector ?? {}, pod.metadata.labels) ? [pod] : []));

const podHasPort = (pod: Pod, port: string | number) => containersOf(pod).some((container) => hasPort(container, port));

export const servicePorts: Rule = {
  name: 'Services select the pods of one workload, and name ports that these have',
  check: (manifests) =>
    ofKind(manifests, 'Service').flatMap((service) => {
      const { selector, ports } = service.spec as ServiceSpec;
      const behind = selected(manifests, selector);
      if (behind.length !== 1) return [`${nameOf(service)}: selects the pods of ${behind.length} workloads`];
      return ports.flatMap(({ port, targetPort = port }) =>
        behind.every((pod) => podHasPort(pod, targetPort)) ? [] : `${nameOf(service)}: no pod has port ${targetPort}`,
      );
    }),
};

export const ownPods: Rule = {
  name: 'workloads select their own pods and nobody else’s',
  check: (manifests) =>
    ['Deployment', 'StatefulSet'].flatMap((kind) =>
      ofKind(manifests, kind).flatMap((workload) => {
        const selector = (workload.spec['selector'] as Selector).matchLabels;
        const count = selected(manifests, selector).length;
        return count === 1 ? [] : [`${nameOf(workload)}: selects the pods of ${count} workloads`];
      }),
    ),
};

export const targets: Rule = {
  name: 'budgets, scalers and policies are about pods that are there',
  check: (manifests) => [
    ...ofKind(manifests, 'PodDisruptionBudget').flatMap((budget) => {
      const count = selected(manifests, (budget.spec['selector'] as Selector).matchLabels).length;
      return count === 1 ? [] : [`${nameOf(budget)}: is about ${count} workloads`];
    }),
    ...['HorizontalPodAutoscaler', 'ScaledObject'].flatMap((kind) =>
      ofKind(manifests, kind).flatMap((scaler) => {
        const { name } = scaler.spec['scaleTargetRef'] as { name: string };
        const target = ofKind(manifests, 'Deployment').find(({ metadata }) => metadata.name === name);
        if (target === undefined) return [`${nameOf(scaler)}: there is no ${name}`];
        return target.spec['replicas'] === undefined ? [] : [`${nameOf(scaler)}: fights with replicas of ${name}`];
      }),
    ),
    ...ofKind(manifests, 'NetworkPolicy').flatMap((policy) => {
      const selector = (policy.spec['podSelector'] as Selector).matchLabels;
      return selected(manifests, selector).length > 0 ? [] : [`${nameOf(policy)}: is about no pod`];
    }),
  ],
};

export const monitors: Rule = {
  name: 'monitors find a port on what they select',
  check: (manifests) => [
    ...ofKind(manifests, 'ServiceMonitor').flatMap((monitor) => {
      const { selector, endpoints } = monitor.spec as { selector: Selector; endpoints: { port: string }[] };
      return endpoints.flatMap(({ port }) => {
        const found = ofKind(manifests, 'Service')
          .filter(({ metadata }) => matches(selector.matchLabels ?? {}, metadata.labels ?? {}))
          .filter(({ spec }) => (spec as ServiceSpec).ports.some(({ name }) => name === port));
        return found.length === 3 ? [] : [`${nameOf(monitor)}: ${found.length} Services have port ${port}, not 3`];
      });
    }),
    ...ofKind(manifests, 'PodMonitor').flatMap((monitor) => {
      const spec = monitor.spec as { selector: Selector; podMetricsEndpoints: { port: string }[] };
      return spec.podMetricsEndpoints.flatMap(({ port }) => {
        const found = selected(manifests, spec.selector.matchLabels).filter((pod) => podHasPort(pod, port));
        return found.length === 3 ? [] : [`${nameOf(monitor)}: ${found.length} pods have port ${port}, not 3`];
      });
    }),
  ],
};
