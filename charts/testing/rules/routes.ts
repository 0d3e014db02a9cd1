import { type Manifest, nameOf, ofKind } from '../manifest.ts';
import type { Rule } from './rule.ts';

type Backend = { readonly name: string; readonly port: string | number };

/** Also of two Ingresses with one host: a path that is in both would go to either. */
export const backends: Rule = {
  name: 'routes lead to ports of Services that are there',
  check: (manifests) =>
    manifests.flatMap((manifest) =>
      backendsOf(manifest).flatMap(({ name, port }) => {
        const service = ofKind(manifests, 'Service').find(({ metadata }) => metadata.name === name);
        const ports = (service?.spec?.['ports'] ?? []) as { name: string; port: number }[];
        const found = ports.some((one) => one.name === port || one.port === port);
        return found ? [] : [`${nameOf(manifest)}: ${name} has no port ${port}`];
      }),
    ),
};

function backendsOf({ kind, spec }: Manifest): readonly Backend[] {
  if (kind === 'Ingress') return ingressPaths(spec).map(({ backend }) => backend);
  if (kind !== 'HTTPRoute' && kind !== 'GRPCRoute') return [];
  return (spec['rules'] as { backendRefs: Backend[] }[]).flatMap(({ backendRefs }) => backendRefs);
}

type IngressPath = { readonly path: string; readonly pathType: string; readonly backend: Backend };
type IngressRule = {
  readonly http: {
    readonly paths: readonly {
      readonly path: string;
      readonly pathType: string;
      readonly backend: {
        readonly service: {
          readonly name: string;
          readonly port: { readonly name?: string; readonly number?: number };
        };
      };
    }[];
  };
};

export function ingressPaths(spec: Manifest['spec']): readonly IngressPath[] {
  return (spec['rules'] as IngressRule[]).flatMap(({ http }) =>
    http.paths.map(({ path, pathType, backend: { service } }) => ({
      path,
      pathType,
      backend: { name: service.name, port: service.port.name ?? service.port.number ?? '' },
    })),
  );
}
