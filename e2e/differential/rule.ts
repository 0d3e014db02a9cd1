import { type Difference, message } from './difference.ts';

/** A way in which Millrace answers otherwise than MLflow's own server, and why. A rule that explains nothing fails the test. */
export type Rule = {
  /** Of `POST runs/create`. */
  readonly endpoint: RegExp;
  readonly when: (difference: Difference) => boolean;
  readonly why: string;
};

/** Parts of rules, by what the two answered and what was asked. */
export const ours = (pattern: RegExp) => (difference: Difference) => pattern.test(message(difference.millrace));
export const theirs = (pattern: RegExp) => (difference: Difference) => pattern.test(message(difference.mlflow));
export const both = (mlflow: RegExp, millrace: RegExp) => (difference: Difference) =>
  theirs(mlflow)(difference) && ours(millrace)(difference);
export const statuses = (mlflow: number, millrace: number) => (difference: Difference) =>
  difference.mlflow.status === mlflow && difference.millrace.status === millrace;
const text = (difference: Difference) => JSON.stringify(difference.request);
export const asked = (pattern: RegExp) => (difference: Difference) => pattern.test(text(difference));
export const all =
  (...conditions: readonly Rule['when'][]): Rule['when'] =>
  (difference) =>
    conditions.every((condition) => condition(difference));

export const ANY = /./;
export const ACCEPTED = /^200/;
export const DATABASE = /^400 BAD_REQUEST: .*\(sqlite3\./s;
export const UNKNOWN = /^404 RESOURCE_DOES_NOT_EXIST/;
export const MISFIT = /^400 INVALID_PARAMETER_VALUE: Invalid value .* supplied: {2}Hint: Value was of type/s;

/** Numbers in text, which every field for numbers and for names with numbers takes; no enum goes up to 99. */
export const FITTING = /Invalid value "(?!99")\d{1,8}(\.0|e\d)?" for parameter/;
