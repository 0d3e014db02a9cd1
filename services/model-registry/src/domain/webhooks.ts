import { randomUUID } from 'node:crypto';
import type { Context } from '@millrace/platform/contract/context';
import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { transaction } from '@millrace/platform/postgres';
import { readOffset, writeOffset } from '@millrace/platform/search/page-token';
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  updateWebhook,
} from '../store/webhooks.ts';
import { checkBodyTemplate, checkHeaders, checkSecret, checkWebhookName } from './check-webhook.ts';
import type { Deps } from './deps.ts';
import { checkLength } from './lengths.ts';
import { checkReceiver } from './receiver.ts';
import type { MlflowEvent, Webhook } from './webhook.ts';
import { checkEventTypes, checkMlflowEvents, requireEvents } from './webhook-events.ts';
import { openHeaders, sealHeaders, sealSecret } from './webhook-secrets.ts';

export type WebhookToCreate = {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly events: readonly MlflowEvent[];
  readonly eventTypes: readonly string[];
  /** Empty: none. */
  readonly secret: string;
  readonly active: boolean;
  /** Empty: none. */
  readonly bodyTemplate: string;
  readonly headers: Readonly<Record<string, string>>;
};

const MAX_WEBHOOKS = 1_000;

export async function createWebhook(deps: Deps, { workspace }: Context, given: WebhookToCreate): Promise<Webhook> {
  checkWebhookName(given.name);
  requireEvents(given.events, given.eventTypes);
  checkParts(given);
  await checkReceiver(deps.webhooks, given.url);
  const webhookId = randomUUID();
  const headers = withoutEmpty(given.headers);
  const created = await insertWebhook(deps.pool, workspace, MAX_WEBHOOKS, {
    ...given,
    webhookId,
    bodyTemplate: given.bodyTemplate || null,
    secret: given.secret ? sealSecret(deps.webhooks, webhookId, given.secret) : null,
    headers: sealHeaders(deps.webhooks, webhookId, headers),
    headerNames: Object.keys(headers),
  });
  if (!created) throw new InvalidParameterError(`A workspace can have at most ${MAX_WEBHOOKS} webhooks`);
  return created;
}

type Parts = Pick<WebhookToCreate, 'description' | 'events' | 'eventTypes' | 'secret' | 'bodyTemplate' | 'headers'>;

function checkParts(parts: Parts): void {
  checkLength('description', parts.description);
  checkMlflowEvents(parts.events);
  checkEventTypes(parts.eventTypes);
  checkSecret(parts.secret);
  checkHeaders(parts.headers);
  if (parts.bodyTemplate) checkBodyTemplate(parts.bodyTemplate);
}

/** Throws NotFoundError, also for what is no id. */
export async function getWebhook(deps: Deps, { workspace }: Context, webhookId: string): Promise<Webhook> {
  const found = isUuid(webhookId) ? await findWebhook(deps.pool, workspace, webhookId) : undefined;
  return found ?? webhookNotFound(webhookId);
}

export type WebhookQuery = { readonly maxResults: number; readonly pageToken: string; readonly all: boolean };

/** The newest first. Those without events of MLflow's only on request: its clients refuse the whole list because of them. */
export async function findWebhooks(deps: Deps, { workspace }: Context, { maxResults, pageToken, all }: WebhookQuery) {
  const limit = checkMaxResults(maxResults);
  const offset = readOffset(pageToken);
  const found = await listWebhooks(deps.pool, workspace, { all, limit: limit + 1, offset });
  const webhooks = found.slice(0, limit);
  return { webhooks, ...(found.length > limit && { nextPageToken: writeOffset(offset + limit) }) };
}

/** Throws InvalidParameterError. */
export function checkMaxResults(given: number): number {
  const limit = given || 100;
  if (limit < 1 || limit > 1_000) throw new InvalidParameterError('max_results must be between 1 and 1000');
  return limit;
}

/** What is empty or undefined stays, but for an empty description or template and for headers with an empty value: those go. */
export type WebhookChange = Omit<WebhookToCreate, 'active' | 'description' | 'bodyTemplate'> & {
  readonly active: boolean | undefined;
  readonly description: string | undefined;
  readonly bodyTemplate: string | undefined;
  /** How long the secret before a new one signs too. */
  readonly overlapSeconds: number;
};

const MAX_OVERLAP_SECONDS = 30 * 86_400;

export async function changeWebhook(
  deps: Deps,
  { workspace }: Context,
  webhookId: string,
  given: WebhookChange,
): Promise<Webhook> {
  if (given.name) checkWebhookName(given.name);
  checkParts({ ...given, description: given.description ?? '', bodyTemplate: given.bodyTemplate ?? '' });
  if (given.overlapSeconds < 0 || given.overlapSeconds > MAX_OVERLAP_SECONDS) {
    throw new InvalidParameterError(`'secret_overlap_seconds' must be between 0 and ${MAX_OVERLAP_SECONDS}`);
  }
  if (given.url) await checkReceiver(deps.webhooks, given.url);
  return transaction(deps.pool, async (tx) => {
    const locked = isUuid(webhookId) ? await lockWebhook(tx, workspace, webhookId) : undefined;
    if (!locked) return webhookNotFound(webhookId);
    const { headers: givenHeaders, secret, ...rest } = given;
    const headers = mergedHeaders(deps, webhookId, locked.headers, givenHeaders);
    await updateWebhook(tx, workspace, {
      ...rest,
      webhookId,
      secret: secret ? sealSecret(deps.webhooks, webhookId, secret) : null,
      ...(headers && { headers: sealHeaders(deps.webhooks, webhookId, headers), headerNames: Object.keys(headers) }),
    });
    return (await findWebhook(tx, workspace, webhookId)) ?? webhookNotFound(webhookId);
  }).finally(deps.webhooks.wake);
}

/** Undefined: as they were. */
function mergedHeaders(deps: Deps, webhookId: string, sealed: Buffer | null, given: Readonly<Record<string, string>>) {
  if (Object.keys(given).length === 0) return undefined;
  return withoutEmpty({ ...openHeaders(deps.webhooks, webhookId, sealed), ...lowered(given) });
}

function withoutEmpty(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(lowered(headers)).filter(([, value]) => value !== ''));
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Nothing is sent any more; the log stays for as long as logs are kept. */
export async function removeWebhook(deps: Deps, { workspace }: Context, webhookId: string): Promise<void> {
  if (!isUuid(webhookId) || !(await deleteWebhook(deps.pool, workspace, webhookId))) webhookNotFound(webhookId);
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function webhookNotFound(webhookId: string): never {
  throw new NotFoundError(`Webhook with ID ${webhookId} not found`);
}
