import { startGrpc } from '@millrace/platform/contract/grpc-server';
import { anonymousIdentity, forwardedIdentity } from '@millrace/platform/contract/identity';
import { implement, operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { EndpointNotFoundError, UnavailableError } from '@millrace/platform/errors';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import { pino } from 'pino';

const PAGE = 1000;

async function notHere(): Promise<never> {
  throw new EndpointNotFoundError('not part of this test');
}

/** An artifact proxy that keeps what it is given in memory, and nothing else of what the real one does. */
export async function startFakeArtifactProxy() {
  const lifecycle = new Lifecycle();
  const files = new Map<string, string>();
  const state = { isDown: false };
  const service = implement(ArtifactService, {
    async putArtifact({ path, content }) {
      if (state.isDown) throw new UnavailableError('down');
      files.set(path, new TextDecoder().decode(content));
      return {};
    },
    async listArtifacts({ path, pageToken }) {
      const below = [...files.keys()]
        .filter((name) => name.startsWith(`${path}/`))
        .map((name) => name.slice(path.length + 1));
      const entries = [
        ...new Map(below.map((name): [string, boolean] => [name.split('/')[0] ?? '', name.includes('/')])),
      ].sort(([a], [b]) => (a < b ? -1 : 1));
      const start = Number(pageToken);
      const page = entries.slice(start, start + PAGE);
      return {
        files: page.map(([name, isDir]) => ({
          path: name,
          isDir,
          ...(!isDir && { fileSize: BigInt(files.get(`${path}/${name}`)?.length ?? 0) }),
        })),
        nextPageToken: start + PAGE < entries.length ? String(start + PAGE) : '',
      };
    },
    async getTransferModes() {
      if (state.isDown) throw new UnavailableError('down');
      return { multipartUploads: true, multipartDownloads: false };
    },
    statArtifact: notHere,
    readArtifact: notHere,
    deleteArtifacts: notHere,
  });
  const { port } = await startGrpc(operations([service], openAccess), {
    host: '127.0.0.1',
    port: 0,
    identify: forwardedIdentity(anonymousIdentity()),
    lifecycle,
    log: pino({ level: 'silent' }),
  });
  return { address: `127.0.0.1:${port}`, files, state, close: () => lifecycle.close() };
}
