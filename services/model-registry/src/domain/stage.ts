import { InvalidParameterError } from '@millrace/platform/errors';
import { STAGES, type Stage } from '../store/stages.ts';

export { STAGES, type Stage };

const ACTIVE: readonly Stage[] = ['Staging', 'Production'];

/** Takes any letter case; throws InvalidParameterError for what is no stage. */
export function parseStage(text: string): Stage {
  const stage = STAGES.find((known) => known.toLowerCase() === text.toLowerCase());
  if (stage) return stage;
  throw new InvalidParameterError(`Invalid Model Version stage: ${text}. Value must be one of ${STAGES.join(', ')}.`);
}

/** A stage whose holders serve, so that a newcomer may send the others to the archive. */
export function isActive(stage: Stage): boolean {
  return ACTIVE.includes(stage);
}
