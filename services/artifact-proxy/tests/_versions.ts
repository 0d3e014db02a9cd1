import { startGrpc } from '@millrace/platform/contract/grpc-server';
import { anonymousIdentity, forwardedIdentity } from '@millrace/platform/contract/identity';
import { type Implementation, operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { EndpointNotFoundError, NotFoundError, PermissionDeniedError } from '@millrace/platform/errors';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { ModelVersionService } from '@millrace/proto/registry/v1/model_versions';
import { pino } from 'pino';

/** A registry whose model `m` has these versions, by the addresses of their files; nobody may read the model `secret`. */
export async function startFakeVersions(sources: Readonly<Record<string, string>>) {
  const lifecycle = new Lifecycle();
  const absent = async () => {
    throw new EndpointNotFoundError('not part of this test');
  };
  const getModelVersionDownloadUri = async ({ name, version }: { name: string; version: string }) => {
    if (name === 'secret') throw new PermissionDeniedError('Permission denied');
    const artifactUri = name === 'm' ? sources[version] : undefined;
    if (artifactUri === undefined)
      throw new NotFoundError(`Model Version (name=${name}, version=${version}) not found`);
    return { artifactUri };
  };
  const handlers = Object.fromEntries(ModelVersionService.methods.map(({ localName }) => [localName, absent]));
  const service = {
    service: ModelVersionService,
    handlers: { ...handlers, getModelVersionDownloadUri },
  } as unknown as Implementation;
  const { port } = await startGrpc(operations([service], openAccess), {
    host: '127.0.0.1',
    port: 0,
    identify: forwardedIdentity(anonymousIdentity()),
    lifecycle,
    log: pino({ level: 'silent' }),
  });
  return { address: `127.0.0.1:${port}`, close: () => lifecycle.close() };
}
