import { describe, it } from '@jest/globals';
import type { PartName } from './parts/part.ts';

/**
 * A `describe` whose tests need a part that not every machine has. Where it is missing, one skipped test stands for them
 * and says why; with CI=true the run has failed before.
 */
export function describeWith(part: PartName, title: string, declare: () => void): void {
  const missing = JSON.parse(process.env['TEST_MISSING_PARTS'] ?? '{}') as Partial<Record<PartName, string>>;
  const reason = missing[part];
  if (reason === undefined) describe(title, declare);
  else describe(title, () => it.skip(`needs ${part}: ${reason}`, () => {}));
}
