import { readFileSync } from 'node:fs';

const folder = new URL('../../../docs/', import.meta.url);

/** The text of the code block of a page of docs/ that is marked with this word behind its language. */
export function recipe(page: string, mark: string): string {
  const text = readFileSync(new URL(page, folder), 'utf8');
  const block = new RegExp(`^\`\`\`\\w+ ${mark}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text)?.[1];
  if (block === undefined) throw new Error(`${page} has no block ${mark}`);
  return block;
}

type Json = Readonly<Record<string, unknown>>;

/** What a dotted path leads to. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], value);
}
