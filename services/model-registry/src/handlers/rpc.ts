import type { Handlers } from '@millrace/platform/contract/operation';
import type { ModelVersionService } from '@millrace/proto/registry/v1/model_versions';
import type { RegisteredModelService } from '@millrace/proto/registry/v1/registered_models';
import type { StageLedgerService } from '@millrace/proto/registry/v1/stage_ledger';
import type { Deps } from '../domain/deps.ts';

type ModelHandlers = Handlers<typeof RegisteredModelService>;
type VersionHandlers = Handlers<typeof ModelVersionService>;
type LedgerHandlers = Handlers<typeof StageLedgerService>;

/** What makes the handler of one rpc. */
export type ModelRpc<Name extends keyof ModelHandlers> = (deps: Deps) => ModelHandlers[Name];
export type VersionRpc<Name extends keyof VersionHandlers> = (deps: Deps) => VersionHandlers[Name];
export type LedgerRpc<Name extends keyof LedgerHandlers> = (deps: Deps) => LedgerHandlers[Name];
