import { InvalidParameterError } from '@millrace/platform/errors';

const MAX_LENGTH = 2048;

/** Checks what a client gives as an experiment's artifact location; only URIs, since no client shares our file system. */
export function checkArtifactLocation(location: string): string {
  if (location.length > MAX_LENGTH) {
    throw new InvalidParameterError(
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${MAX_LENGTH} characters.`,
    );
  }
  const [path = '', query = ''] = location.split(/\?(.*)/s, 2);
  if (/^runs:/i.test(location)) {
    throw new InvalidParameterError(`Artifact location cannot be a runs:/ URI. Given: '${location}'`);
  }
  if (location.includes('#') || path.includes(';')) {
    throw new InvalidParameterError(`Artifact URL can't include fragments or params. Got '${location}'`);
  }
  if (decoded(query).includes('..')) {
    throw new InvalidParameterError(`Invalid query string: ${query}`);
  }
  return location;
}

/** `s3://b/p?x=1` and `/r` give `s3://b/p/r?x=1`. */
export function appendToPath(location: string, suffix: string): string {
  return location.replace(/\/?(\?.*)?$/s, (_match, query: string | undefined) => suffix + (query ?? ''));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
