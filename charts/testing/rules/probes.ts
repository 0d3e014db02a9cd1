import { type Container, containersOf, type Manifest, type Probe } from '../manifest.ts';
import { pods } from './pods.ts';
import type { Rule } from './rule.ts';

/** What a process takes at most after its own times. */
const CLOSING_MS = 5_000;
const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

export const probePorts: Rule = {
  name: 'probes ask ports that their container has',
  check: (manifests) =>
    pods(manifests).flatMap(({ of, pod }) =>
      containersOf(pod).flatMap((container) =>
        PROBES.flatMap((name) => {
          const port = portOf(container[name]);
          return port === undefined || hasPort(container, port)
            ? []
            : `${of}, ${container.name}: ${name} asks port ${port}`;
        }),
      ),
    ),
};

function portOf(probe: Probe | undefined): string | number | undefined {
  return probe?.httpGet?.port ?? probe?.tcpSocket?.port;
}

export function hasPort({ ports = [] }: Container, port: string | number): boolean {
  return ports.some(({ name, containerPort }) => name === port || containerPort === port);
}

/** Liveness that asks for what the process depends on restarts every pod when the database is away. */
export const probeMeanings: Rule = {
  name: 'services have three probes, and liveness asks for the process alone',
  check: (manifests) =>
    services(manifests).flatMap(({ of, container }) => {
      const [startup, readiness, liveness] = PROBES.map((name) => container[name]?.httpGet?.path);
      return [
        ...(startup === '/livez' ? [] : [`${of}: startup asks ${startup}`]),
        ...(readiness === '/readyz' ? [] : [`${of}: readiness asks ${readiness}`]),
        ...(liveness === '/livez' ? [] : [`${of}: liveness asks ${liveness}`]),
      ];
    }),
};

export const shutdown: Rule = {
  name: 'services are taken out of their Services before they stop, and end by themselves within their grace',
  check: (manifests) =>
    services(manifests).flatMap(({ of, container, graceSeconds }) => {
      const wait = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
      const name = container.envFrom?.[0]?.configMapRef?.name;
      const data = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.data;
      const ownMs = Number(data?.['SHUTDOWN_DRAIN_MS']) + Number(data?.['SHUTDOWN_GRACE_MS']);
      return [
        ...(wait > 0 ? [] : [`${of}: does not wait before it stops`]),
        ...(wait * 1000 + ownMs + CLOSING_MS < graceSeconds * 1000
          ? []
          : [`${of}: is killed after ${graceSeconds} s, and takes longer`]),
      ];
    }),
};

function services(manifests: readonly Manifest[]) {
  return pods(manifests.filter(({ kind }) => kind === 'Deployment')).map(({ of, pod }) => {
    const component = pod.metadata.labels['app.kubernetes.io/component'];
    const container = pod.spec.containers.find(({ name }) => name === component);
    if (container === undefined) throw new Error(`${of} has no container ${component}`);
    return { of, container, graceSeconds: pod.spec.terminationGracePeriodSeconds ?? 30 };
  });
}
