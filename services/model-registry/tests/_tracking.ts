import type { DescService } from '@bufbuild/protobuf';
import { startGrpc } from '@millrace/platform/contract/grpc-server';
import { anonymousIdentity, forwardedIdentity } from '@millrace/platform/contract/identity';
import { type Implementation, operations } from '@millrace/platform/contract/operation';
import { openAccess } from '@millrace/platform/contract/permissions';
import { EndpointNotFoundError, NotFoundError } from '@millrace/platform/errors';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import { RunOriginService } from '@millrace/proto/tracking/v1/run_origins';
import { pino } from 'pino';

type FakeRun = {
  readonly artifactUri: string;
  readonly experimentId?: string;
  readonly gitCommit?: string;
  readonly datasets?: readonly { readonly name: string; readonly digest: string }[];
};
type Runs = Readonly<Record<string, FakeRun>>;
type LoggedModels = Readonly<Record<string, { readonly artifactUri: string; readonly sourceRunId: string }>>;
type Asked = { runIds?: readonly string[]; modelId?: string };
type Answer = (request: Asked, context: { readonly actor: string }) => object;

/** A tracking service that knows these runs and logged models, and nothing else of what the real one does. */
export async function startFakeTracking(runs: Runs, loggedModels: LoggedModels, port = 0) {
  const lifecycle = new Lifecycle();
  const actors: string[] = [];
  const rpcs = operations(
    [
      only(RunOriginService, 'listRunOrigins', ({ runIds = [] }, { actor }) => {
        actors.push(actor);
        return { origins: runIds.flatMap((runId) => (runs[runId] ? [{ runId, ...runs[runId] }] : [])) };
      }),
      only(LoggedModelService, 'getLoggedModel', ({ modelId = '' }, { actor }) => {
        actors.push(actor);
        const model = loggedModels[modelId];
        if (!model) throw new NotFoundError(`Logged model with ID '${modelId}' not found.`);
        return { model: { info: { modelId, ...model } } };
      }),
    ],
    openAccess,
  );
  const identify = forwardedIdentity(anonymousIdentity());
  const log = pino({ level: 'silent' });
  const bound = await startGrpc(rpcs, { host: '127.0.0.1', port, identify, lifecycle, log });
  return { address: `127.0.0.1:${bound.port}`, port: bound.port, actors, close: () => lifecycle.close() };
}

function only(service: DescService, name: string, answer: Answer): Implementation {
  const absent = async () => {
    throw new EndpointNotFoundError('not part of this test');
  };
  const handlers = Object.fromEntries(service.methods.map(({ localName }) => [localName, absent]));
  const handler = async (request: object, context: { readonly actor: string }) => ({ ...answer(request, context) });
  return { service, handlers: { ...handlers, [name]: handler } };
}
