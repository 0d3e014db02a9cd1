import { startGrpc } from '@millrace/platform/contract/grpc-server';
import { anonymousIdentity, forwardedIdentity } from '@millrace/platform/contract/identity';
import { implement, operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { UnavailableError } from '@millrace/platform/errors';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { VersionFilesService } from '@millrace/proto/registry/v1/version_files';
import { pino } from 'pino';

/** A registry whose versions stand where the test says; of what is asked, it keeps the directories. */
export async function startFakeRegistry() {
  const lifecycle = new Lifecycle();
  const state: { paths: string[]; isDown: boolean; asked: string[][] } = { paths: [], isDown: false, asked: [] };
  const service = implement(VersionFilesService, {
    async listVersionsOn({ directories }) {
      state.asked.push([...directories]);
      if (state.isDown) throw new UnavailableError('down');
      return { versions: state.paths.map((path) => ({ name: 'm', version: 1, path })), hasMore: false };
    },
  });
  const { port } = await startGrpc(operations([service], openAccess), {
    host: '127.0.0.1',
    port: 0,
    identify: forwardedIdentity(anonymousIdentity()),
    lifecycle,
    log: pino({ level: 'silent' }),
  });
  return { address: `127.0.0.1:${port}`, state, close: () => lifecycle.close() };
}
