import type { Handlers } from '@millrace/platform/contract/operation';
import type { ModelVersionService } from '@millrace/proto/registry/v1/model_versions';
import type { RegisteredModelService } from '@millrace/proto/registry/v1/registered_models';
import type { Deps } from '../domain/deps.ts';

type ModelHandlers = Handlers<typeof RegisteredModelService>;
type VersionHandlers = Handlers<typeof ModelVersionService>;

/** What makes the handler of one rpc. */
export type ModelRpc<Name extends keyof ModelHandlers> = (deps: Deps) => ModelHandlers[Name];
export type VersionRpc<Name extends keyof VersionHandlers> = (deps: Deps) => VersionHandlers[Name];
