/** Matches any of the patterns, in which only `*` is special. */
export function matcher(patterns: readonly string[]): (text: string) => boolean {
  if (patterns.length === 0) return () => false;
  const sources = patterns.map((pattern) => pattern.split('*').map(escaped).join('.*'));
  const any = new RegExp(`^(?:${sources.join('|')})$`);
  return (text) => any.test(text);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');
}
