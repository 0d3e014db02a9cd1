import { BadRequestError } from '@millrace/platform/errors';
import type { KeyValue } from './experiment.ts';

/** Of what is being created: there no tag replaces another. Throws MLflow's code for it. */
export function refuseDuplicateTags(tags: readonly KeyValue[]): void {
  const seen = new Set<string>();
  for (const { key } of tags) {
    if (seen.has(key)) throw new BadRequestError(`Duplicate tag keys have been submitted: ['${key}']`);
    seen.add(key);
  }
}
