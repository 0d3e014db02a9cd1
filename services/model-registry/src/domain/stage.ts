import { InvalidParameterError } from '@millrace/platform/errors';
import type { Stage } from '../store/stages.ts';

export type { Stage };

/** MLflow's, in its order. */
export const MLFLOW_STAGES: readonly Stage[] = ['None', 'Staging', 'Production', 'Archived'];
export const MLFLOW_ACTIVE: readonly Stage[] = ['Staging', 'Production'];

/** The stages of this deployment. */
export type Stages = {
  /** Those that a version may be moved to. */
  readonly open: readonly Stage[];
  /** With those that versions were left in when the configuration still had them. */
  readonly known: readonly Stage[];
  /** Whose holders serve, so that a newcomer may send the others to the archive. */
  readonly active: readonly Stage[];
};

/** A stage to move to, from any letter case; throws InvalidParameterError for what is none. */
export function parseStage({ open }: Stages, text: string): Stage {
  return find(open, text);
}

/** A stage to ask about; throws InvalidParameterError for what is none. */
export function parseKnownStage({ known }: Stages, text: string): Stage {
  return find(known, text);
}

export function isActive({ active }: Stages, stage: Stage): boolean {
  return active.includes(stage);
}

function find(stages: readonly Stage[], text: string): Stage {
  const stage = stages.find((one) => one.toLowerCase() === text.toLowerCase());
  if (stage !== undefined) return stage;
  throw new InvalidParameterError(`Invalid Model Version stage: ${text}. Value must be one of ${stages.join(', ')}.`);
}
