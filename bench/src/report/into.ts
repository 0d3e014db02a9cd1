import { readFileSync, writeFileSync } from 'node:fs';

/** Replaces what is between `<!-- name -->` and `<!-- end of name -->` in a Markdown file. Throws where these lines are not. */
export function writeInto(file: string, name: string, markdown: string): void {
  const text = readFileSync(file, 'utf8');
  const begin = `<!-- ${name} -->`;
  const end = `<!-- end of ${name} -->`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no lines ${begin} and ${end}`);
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n\n${markdown}\n\n${text.slice(to)}`);
}
