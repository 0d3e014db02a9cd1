import { lookup } from 'mime-types';

/** What MLflow's UI shows as text; spelled exactly so, upper case is another extension. */
const TEXT = new Set(
  (
    'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ' +
    'MLmodel MLproject mlproject'
  ).split(' '),
);

/** Of a file by its name: by the extension, or by the whole name where there is none. */
export function mimeType(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  if (TEXT.has(extension)) return 'text/plain';
  return (extension !== name && lookup(extension)) || 'application/octet-stream';
}
