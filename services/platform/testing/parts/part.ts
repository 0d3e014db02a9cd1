/** The real servers and programs that tests talk to. */
export const PART_NAMES = ['postgres', 'kafka', 's3', 's3-second', 'python'] as const;
export type PartName = (typeof PART_NAMES)[number];

/** A part at work. `env` is how tests hear of it; the names are those by which a person can name a part of their own. */
export type Part = {
  readonly from: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stop?: () => Promise<void>;
};

/** What parts are given for their work. */
export type Surroundings = {
  /** Empty, readable by every user, removed at the end of the run. */
  readonly folder: string;
  /** Aborted when the run ends while a part is still being prepared. */
  readonly stopping: AbortSignal;
};

/** Returns undefined when this way does not apply here (no address given, no container engine). */
export type Way = (surroundings: Surroundings) => Promise<Part | undefined>;

/** Why a part cannot be had on this machine, in words for the person who wants it. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
