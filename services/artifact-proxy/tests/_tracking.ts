import { startGrpc } from '@millrace/platform/contract/grpc-server';
import { anonymousIdentity, forwardedIdentity } from '@millrace/platform/contract/identity';
import { implement, operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { NotFoundError } from '@millrace/platform/errors';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { ArtifactRootService } from '@millrace/proto/tracking/v1/artifacts';
import { pino } from 'pino';

type Roots = Readonly<Record<string, { readonly experimentId: string; readonly path: string }>>;

/** A tracking service that knows where the artifacts of these runs and models are, and nothing else of what the real one does. */
export async function startFakeTracking({ runs = {}, models = {} }: { runs?: Roots; models?: Roots }) {
  const lifecycle = new Lifecycle();
  const actors: string[] = [];
  const find = (roots: Roots, id: string, { actor }: { readonly actor: string }) => {
    actors.push(actor);
    const root = roots[id];
    if (!root) throw new NotFoundError(`${id} not found`);
    return root;
  };
  const service = implement(ArtifactRootService, {
    getRunArtifactRoot: async ({ runId }, context) => find(runs, runId, context),
    getLoggedModelArtifactRoot: async ({ modelId }, context) => find(models, modelId, context),
  });
  const { port } = await startGrpc(operations([service], openAccess), {
    host: '127.0.0.1',
    port: 0,
    identify: forwardedIdentity(anonymousIdentity()),
    lifecycle,
    log: pino({ level: 'silent' }),
  });
  return { address: `127.0.0.1:${port}`, actors, close: () => lifecycle.close() };
}
