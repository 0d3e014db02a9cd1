import type { HistoryPoint } from '../store/history.ts';
import type { RunId } from './ids.ts';

/** A point of a history that is told from those of other runs. */
export type RunPoint = HistoryPoint & { readonly run: RunId };
