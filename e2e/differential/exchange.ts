import type { Json, Request } from './request.ts';

/** `body` is parsed where it is JSON, and text where it is not. */
export type Reply = { readonly status: number; readonly body: unknown };

export type Server = { readonly send: (request: Request) => Promise<Reply> };

/** Remembers what this server answered as `keep` says, and puts it into later requests. */
export function serverAt(url: string): Server {
  const names = new Map<string, string>();
  const filled = (text: string) => text.replace(/<(\w+)>/g, (hole, name: string) => names.get(name) ?? hole);
  const holes = new Holes();
  return {
    async send({ verb, path, query, body, raw, headers, keep = {} }) {
      const content =
        raw !== undefined ? filled(raw) : body === undefined ? undefined : JSON.stringify(fill(body, filled));
      const search = query?.length
        ? `?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, filled(value)]))}`
        : '';
      const response = await fetch(`${url}${filled(path)}${search}`, {
        method: verb,
        headers: { ...(content !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(content !== undefined && { body: content }),
      });
      const text = await response.text();
      const reply = { status: response.status, body: parsed(text) };
      for (const [name, place] of Object.entries(keep)) {
        const value = textAt(reply, place);
        names.set(name, value);
        holes.add(name, value);
      }
      return { ...reply, body: parsed(holes.putInto(text)) };
    },
  };
}

/** Shorter ones may stand in an answer by chance. */
const MIN_LENGTH = 16;

/** Puts names back in the place of what they stand for, so that the answers of two servers can be compared. */
class Holes {
  #values: (readonly [value: string, name: string])[] = [];

  add(name: string, value: string): void {
    if (value.length < MIN_LENGTH || this.#values.some(([known]) => known === value)) return;
    this.#values = [...this.#values, [value, name] as const].sort(([a], [b]) => b.length - a.length);
  }

  putInto(text: string): string {
    return this.#values.reduce((done, [value, name]) => done.replaceAll(value, `<${name}>`), text);
  }
}

function fill(json: Json, filled: (text: string) => string): Json {
  if (typeof json === 'string') return filled(json);
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item: Json) => fill(item, filled));
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, fill(value as Json, filled)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function textAt(reply: Reply, place: string): string {
  const found = place.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], reply.body);
  if (typeof found !== 'string') throw new Error(`no ${place} in ${reply.status} ${JSON.stringify(reply.body)}`);
  return found;
}
