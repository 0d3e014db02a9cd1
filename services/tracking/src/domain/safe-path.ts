import { InvalidParameterError } from '@millrace/platform/errors';

const MAX_ROUNDS = 10;

/** A path below an artifact root. As MLflow: decoded until nothing changes, then no `..`, nothing absolute, no fragment. */
export function safePath(path: string): string {
  let text = path;
  for (let i = 0; i < MAX_ROUNDS; i++) {
    const next = decoded(text);
    if (next === text) break;
    text = next;
  }
  const absolute =
    text.startsWith('/') || /^[A-Za-z]:[\\/]/.test(text) || text.startsWith('\\\\') || /^file:/i.test(text);
  if (absolute || text.includes('#') || text.split(/[\\/]/).includes('..') || /\p{Cc}/u.test(text))
    throw new InvalidParameterError('Invalid path');
  return text.replace(/\/+$/, '');
}

/** A lone `%` is a character like any other; what it leaves in the text is refused by the artifact proxy if it hides anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
