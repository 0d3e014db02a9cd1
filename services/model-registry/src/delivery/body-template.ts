type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** `{{data.version}}`, or `{{.}}` for the whole event. */
const PLACEHOLDER = /\{\{\s*(\.|[\w-]+(?:\.[\w-]+)*)\s*\}\}/g;
const ALONE = new RegExp(`^${PLACEHOLDER.source}$`);

/**
 * Fills the texts of a JSON document with values of an event: nothing in it is executed, and the outcome is always JSON. A text
 * that is nothing but a placeholder becomes the value itself, null when there is none; elsewhere values are written as text.
 * `template` must be JSON.
 */
export function fillTemplate(template: string, event: unknown): string {
  return JSON.stringify(fill(JSON.parse(template) as Json, event));
}

function fill(node: Json, event: unknown): unknown {
  if (typeof node === 'string') return fillText(node, event);
  if (Array.isArray(node)) return node.map((item: Json) => fill(item, event));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value as Json, event)]));
}

function fillText(text: string, event: unknown): unknown {
  const [, alone] = ALONE.exec(text) ?? [];
  if (alone) return valueAt(event, alone) ?? null;
  return text.replaceAll(PLACEHOLDER, (_, path: string) => asText(valueAt(event, path)));
}

function valueAt(event: unknown, path: string): unknown {
  if (path === '.') return event;
  return path
    .split('.')
    .reduce<unknown>((node, key) => (isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined), event);
}

function isObject(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
