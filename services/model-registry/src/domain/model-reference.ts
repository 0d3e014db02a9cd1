import { invalidSource } from './check-source.ts';
import { splitUri } from './source-uri.ts';

/** What a `models:/…` URI names. */
export type ModelReference =
  | { readonly type: 'logged-model'; readonly modelId: string }
  | { readonly type: 'version'; readonly name: string; readonly version: number }
  | { readonly type: 'latest'; readonly name: string }
  | { readonly type: 'stage'; readonly name: string; readonly stage: string }
  | { readonly type: 'alias'; readonly name: string; readonly alias: string };

/** Undefined for what is no `models:` URI; throws InvalidParameterError for one that names nothing here. */
export function parseModelReference(source: string): ModelReference | undefined {
  if (splitUri(source).scheme !== 'models') return undefined;
  const [, path = ''] = /^models:(?:\/\/)?\/(.*)$/is.exec(source) ?? [];
  const parts = path.split('/');
  const [name = '', suffix] = parts;
  if (name === '' || parts.length > 2 || suffix === '') {
    throw invalidSource(source, `Unable to fetch model from model URI '${source}'.`);
  }
  return suffix === undefined ? modelOrAlias(name) : inModel(name, suffix);
}

function modelOrAlias(text: string): ModelReference {
  const at = text.lastIndexOf('@');
  if (at < 0) return { type: 'logged-model', modelId: text };
  return { type: 'alias', name: text.slice(0, at), alias: text.slice(at + 1) };
}

function inModel(name: string, suffix: string): ModelReference {
  if (/^\d+$/.test(suffix)) return { type: 'version', name, version: Number(suffix) };
  return suffix.toLowerCase() === 'latest' ? { type: 'latest', name } : { type: 'stage', name, stage: suffix };
}
