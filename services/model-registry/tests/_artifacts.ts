import { startGrpc } from '@millrace/platform/contract/grpc-server';
import { anonymousIdentity, forwardedIdentity } from '@millrace/platform/contract/identity';
import { implement, operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { EndpointNotFoundError, NotFoundError } from '@millrace/platform/errors';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import { pino } from 'pino';

/** An artifact proxy that keeps these texts, by path, and can only be read from. */
export async function startFakeArtifacts(files: Readonly<Record<string, string>>, port = 0) {
  const lifecycle = new Lifecycle();
  const absent = async () => {
    throw new EndpointNotFoundError('not part of this test');
  };
  const service = implement(ArtifactService, {
    getTransferModes: absent,
    deleteArtifacts: absent,
    listArtifacts: absent,
    statArtifact: absent,
    putArtifact: absent,
    async readArtifact({ path }) {
      const text = files[path];
      if (text === undefined) throw new NotFoundError(`No such artifact: '${path}'`);
      return { content: Buffer.from(text), etag: '' };
    },
  });
  const bound = await startGrpc(operations([service], openAccess), {
    host: '127.0.0.1',
    port,
    identify: forwardedIdentity(anonymousIdentity()),
    lifecycle,
    log: pino({ level: 'silent' }),
  });
  return { address: `127.0.0.1:${bound.port}`, port: bound.port, close: () => lifecycle.close() };
}
