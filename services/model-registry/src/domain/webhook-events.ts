import { BadRequestError, InvalidParameterError } from '@millrace/platform/errors';
import type { MlflowEvent } from './webhook.ts';

/** Which actions of which entities MLflow's clients take; there are no others to be told of. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  registered_model: ['created'],
  model_version: ['created'],
  model_version_tag: ['set', 'deleted'],
  model_version_alias: ['created', 'deleted'],
  prompt: ['created'],
  prompt_version: ['created'],
  prompt_tag: ['set', 'deleted'],
  prompt_version_tag: ['set', 'deleted'],
  prompt_alias: ['created', 'deleted'],
  budget_policy: ['exceeded'],
};

/** What the registry announces, by the types its events have. */
const EVENT_TYPES = [
  'registered_model.created',
  'registered_model.updated',
  'registered_model.renamed',
  'registered_model.deleted',
  'model_version.created',
  'model_version.updated',
  'model_version.stage_transitioned',
  'model_version.tag_set',
  'model_version.tag_deleted',
  'model_version.alias_set',
  'model_version.alias_deleted',
  'model_version.deleted',
];

/** Throws InvalidParameterError, and BadRequestError for what is named twice. */
export function checkMlflowEvents(events: readonly MlflowEvent[]): readonly MlflowEvent[] {
  for (const event of events) checkMlflowEvent(event);
  refuseTwice(events.map(({ entity, action }) => `${entity}.${action}`));
  return events;
}

/** Throws InvalidParameterError. */
export function checkMlflowEvent({ entity, action }: MlflowEvent): void {
  const actions = ACTIONS[entity];
  if (!actions) throw new InvalidParameterError(`Invalid webhook entity '${entity}'`);
  if (!actions.includes(action)) {
    const valid = actions.map((one) => `'${one}'`).join(', ');
    throw new InvalidParameterError(`Invalid action '${action}' for entity '${entity}'. Valid actions are: [${valid}]`);
  }
}

/** Throws InvalidParameterError, and BadRequestError for what is named twice. */
export function checkEventTypes(types: readonly string[]): readonly string[] {
  for (const type of types) {
    if (EVENT_TYPES.includes(type)) continue;
    throw new InvalidParameterError(`Invalid event_types: '${type}' is none of ${EVENT_TYPES.join(', ')}`);
  }
  refuseTwice(types);
  return types;
}

/** Throws InvalidParameterError: a webhook that gets nothing is a mistake. */
export function requireEvents(events: readonly MlflowEvent[], types: readonly string[]): void {
  if (events.length + types.length === 0) throw new InvalidParameterError('Webhook events must be a non-empty list');
}

function refuseTwice(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new BadRequestError(`Webhook events name '${twice}' twice`);
}
