import { checkModelName } from './names.ts';
import { parseVersion } from './version-number.ts';

export type VersionRef = { readonly name: string; readonly version: number };

/** Throws InvalidParameterError for what can be no name or no version. */
export function versionRef(name: string, version: string): VersionRef {
  checkModelName(name);
  return { name, version: parseVersion(version) };
}
