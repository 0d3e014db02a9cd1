import { InvalidParameterError } from '@millrace/platform/errors';

/** Relative, `/`-separated, in its only spelling: what was authorised is what is stored. */
export type ArtifactPath = string & { readonly artifactPath: true };

export type ParsedPath = {
  readonly path: ArtifactPath;
  /** It was written with a slash at its end, so it cannot name a file. */
  readonly isDirectory: boolean;
};

const ABSOLUTE = /^(\/|[a-z][a-z0-9+.-]*:\/|file:)/i; // rooted, of a drive or with a scheme
const ESCAPED = /%[0-9a-f]{2}/i;
const UNSAFE = /[\\#\p{Cc}]/u;

/**
 * The one gate for paths users name; everything behind it may join them to anything. Takes text that was decoded once, and
 * refuses what still has an escape in it: whoever decoded that again would read another path.
 */
export function parseArtifactPath(text: string): ParsedPath {
  const segments = text.split('/').filter((segment) => segment !== '');
  const refused = ABSOLUTE.test(text) || ESCAPED.test(text) || UNSAFE.test(text) || !segments.every(isName);
  if (refused) throw new InvalidParameterError('Invalid path');
  return { path: segments.join('/') as ArtifactPath, isDirectory: text.endsWith('/') };
}

/** The path in a part of a URL as it came over the wire. `+` is a plus. */
export function parseEncodedPath(raw: string): ParsedPath {
  try {
    return parseArtifactPath(decodeURIComponent(raw));
  } catch (cause) {
    throw cause instanceof URIError ? new InvalidParameterError('Invalid path', { cause }) : cause;
  }
}

/** Clients take what begins with `file:` for an address wherever they are listed it. */
const isName = (segment: string) => segment !== '..' && segment !== '.' && !ABSOLUTE.test(segment);

/** Whether a listed name can be asked for again: others were put into the store behind our back. */
export function isServable(name: string): boolean {
  return !ABSOLUTE.test(name) && !ESCAPED.test(name) && !UNSAFE.test(name);
}
