import type { Handlers } from '@millrace/platform/contract/operation';
import type { ModelVersionService } from '@millrace/proto/registry/v1/model_versions';
import type { RegisteredModelService } from '@millrace/proto/registry/v1/registered_models';
import type { StageLedgerService } from '@millrace/proto/registry/v1/stage_ledger';
import type { WebhookDeliveryService } from '@millrace/proto/registry/v1/webhook_deliveries';
import type { WebhookService } from '@millrace/proto/registry/v1/webhooks';
import type { Deps } from '../domain/deps.ts';

type ModelHandlers = Handlers<typeof RegisteredModelService>;
type VersionHandlers = Handlers<typeof ModelVersionService>;
type LedgerHandlers = Handlers<typeof StageLedgerService>;
type WebhookHandlers = Handlers<typeof WebhookService>;
type DeliveryHandlers = Handlers<typeof WebhookDeliveryService>;

/** What makes the handler of one rpc. */
export type ModelRpc<Name extends keyof ModelHandlers> = (deps: Deps) => ModelHandlers[Name];
export type VersionRpc<Name extends keyof VersionHandlers> = (deps: Deps) => VersionHandlers[Name];
export type LedgerRpc<Name extends keyof LedgerHandlers> = (deps: Deps) => LedgerHandlers[Name];
export type WebhookRpc<Name extends keyof WebhookHandlers> = (deps: Deps) => WebhookHandlers[Name];
export type DeliveryRpc<Name extends keyof DeliveryHandlers> = (deps: Deps) => DeliveryHandlers[Name];
