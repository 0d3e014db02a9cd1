import type { Contents } from './contents.ts';
import type { Origin } from './origin.ts';
import type { Stage } from './stage.ts';

export type Tag = { readonly key: string; readonly value: string };
export type Alias = { readonly alias: string; readonly version: number };

export type RegisteredModel = {
  readonly name: string;
  /** Empty: none. */
  readonly description: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly tags: readonly Tag[];
  readonly aliases: readonly Alias[];
  /** The highest version of each stage that has any, in the order in which the stages were first reached by number. */
  readonly latestVersions: readonly ModelVersion[];
};

export type ModelVersion = {
  readonly name: string;
  readonly version: number;
  readonly stage: Stage;
  /** null and empty are two things to MLflow's clients. */
  readonly description: string | null;
  readonly source: string;
  /** Where a `models:/` source led. */
  readonly storageLocation: string | null;
  readonly runId: string;
  readonly runLink: string;
  readonly origin: Origin;
  readonly contents: Contents;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly tags: readonly Tag[];
  /** Empty where the reader did not ask for them. */
  readonly aliases: readonly string[];
};

/** Where the files of a version are. */
export function artifactUri({ storageLocation, source }: Pick<ModelVersion, 'storageLocation' | 'source'>): string {
  return storageLocation ?? source;
}
