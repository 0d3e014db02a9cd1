import type { Manifest } from '../manifest.ts';

/** What must hold in every rendering. Answers what breaks it, one line each. `given` is the text of the values. */
export type Rule = {
  readonly name: string;
  readonly check: (manifests: readonly Manifest[], given: string) => readonly string[];
};
