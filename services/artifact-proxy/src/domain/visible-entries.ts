import type { Entry } from '@millrace/platform/object-store/object-store';
import { isServable } from './artifact-path.ts';
import { WORKSPACES } from './object-key.ts';

/** Only what can be asked for by its name; and the other workspaces are none of the default one's business. */
export function visible(entries: readonly Entry[], key: string): readonly Entry[] {
  return entries.filter(({ name }) => isServable(name) && !(key === '' && name === WORKSPACES));
}
