const LONE_SURROGATE = /\p{Surrogate}/u;

/** PostgreSQL keeps no NUL, and UTF-8 has no way to write half a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !LONE_SURROGATE.test(text);
}

/** The same for every text inside a JSON value, which must not be nested deeply. */
export function holdsStorable(json: unknown): boolean {
  if (typeof json === 'string') return isStorable(json);
  if (typeof json !== 'object' || json === null) return true;
  return Object.entries(json).every(([key, value]) => isStorable(key) && holdsStorable(value));
}
