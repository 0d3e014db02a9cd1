import { InvalidParameterError, NotFoundError } from '@millrace/platform/errors';
import { v7 as uuidv7 } from 'uuid';
import { invalid } from './names.ts';

/** 32 lower-case hexadecimal digits. */
export type RunId = string & { readonly RunId: true };
export type ExperimentId = number & { readonly ExperimentId: true };

const HEX = /^[0-9a-f]{32}$/;
const WELL_FORMED = /^[a-zA-Z0-9][\w-]{0,255}$/;
const INTEGER = /^-?\d{1,15}$/;

/** Ids grow with time, so that new rows go to the same end of every index. */
export const newRunId = () => uuidv7().replaceAll('-', '') as RunId;
export const newModelId = () => `m-${uuidv7().replaceAll('-', '')}`;

/** An id of any other form belongs to no run. */
export function runId(text: string): RunId {
  if (!isRunId(text)) throw runNotFound(text);
  return text;
}

/** The same where a malformed id is told from an unknown one, as MLflow does. */
export function wellFormedRunId(text: string): RunId {
  if (!WELL_FORMED.test(text)) throw invalid('run_id', text, 'Run ids are letters, digits, underscores and dashes.');
  return runId(text);
}

export const isRunId = (text: string): text is RunId => HEX.test(text);

export const runNotFound = (id: string) => new NotFoundError(`Run with id=${id} not found`);

export function experimentId(text: string): ExperimentId {
  if (!INTEGER.test(text)) {
    throw new InvalidParameterError(`Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`);
  }
  return Number(text) as ExperimentId;
}

export const experimentNotFound = (id: string | number) => new NotFoundError(`No Experiment with id=${id} exists`);
