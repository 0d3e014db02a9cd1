import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DescFile, getOption } from '@bufbuild/protobuf';
import { schemaPath } from '@millrace/platform/events/event-schema';
import { declaredEvents } from '@millrace/platform/events/event-type';
import { rest } from '@millrace/proto/options/v1/options';

/** Which service serves which package of the contract. */
const PACKAGES = { tracking: 'tracking', artifacts: 'artifact-proxy', registry: 'model-registry' } as const;

const generated = fileURLToPath(new URL('../../../', import.meta.resolve('@millrace/proto/tracking/v1/runs')));

async function filesOf(pattern: string): Promise<readonly DescFile[]> {
  const modules = globSync(pattern, { cwd: generated }).sort();
  const exported = await Promise.all(modules.map((file) => import(`${generated}${file}`) as Promise<object>));
  return exported.flatMap((module) =>
    Object.values(module).filter((value): value is DescFile => (value as Partial<DescFile>).kind === 'file'),
  );
}

const contract = await Promise.all(
  Object.entries(PACKAGES).map(async ([name, service]) => ({
    service,
    files: await filesOf(`millrace/${name}/v1/*_pb.js`),
    events: await filesOf(`millrace/events/v1/${name}_pb.js`),
  })),
);

/** Every path of REST with whose it is; a parameter stands as a word. */
export function restPaths(): readonly { readonly path: string; readonly service: string }[] {
  return contract.flatMap(({ service, files }) =>
    files
      .flatMap(({ services }) => services.flatMap(({ methods }) => methods))
      .flatMap((method) => getOption(method, rest))
      .flatMap(({ binding: { value: path = '' }, version = 2, ajaxOnly }) =>
        (ajaxOnly ? ['ajax-api'] : ['api', 'ajax-api']).map((root) => ({
          path: `/${root}/${version}.0${path.replaceAll(/\{\w+\}/g, 'something')}`,
          service,
        })),
      ),
  );
}

/** Services over gRPC that have something REST has too, by who serves them. */
export function publicServices(): Readonly<Record<string, readonly string[]>> {
  const entries = contract.map(({ service, files }) => {
    const open = files
      .flatMap(({ services }) => services)
      .filter(({ methods }) => methods.some((method) => getOption(method, rest).length > 0));
    return [service, open.map(({ typeName }) => typeName).sort()] as const;
  });
  return Object.fromEntries(entries);
}

/** Paths of the schemas that events name, by who serves them. */
export function eventSchemas(): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    contract.map(({ service, events }) => [
      service,
      events.flatMap(declaredEvents).map(({ type }) => schemaPath(type)),
    ]),
  );
}
