import { createHash } from 'node:crypto';
import { CORE_SCHEMA, load } from 'js-yaml';
import type { Contents, Signature } from './contents.ts';

/** Larger ones are only hashed: parsing holds up everything else, for a tenth of a second where a file of this size is made for it. */
const MAX_PARSED_BYTES = 96 * 1024;
const MAX_FLAVORS_LENGTH = 1_000;
const MAX_SIGNATURE_LENGTH = 100_000;

export type Mlmodel = { readonly contents: Contents; readonly signature: Signature };

/** Never fails: what a file does not say in the form that MLflow gives it is left out. Its types and tags are not interpreted. */
export function readMlmodel(file: Uint8Array): Mlmodel {
  const said = file.length > MAX_PARSED_BYTES ? {} : mappingIn(Buffer.from(file).toString('utf8'));
  const size = said['model_size_bytes'];
  return {
    contents: {
      digest: createHash('sha256').update(file).digest('hex'),
      flavors: flavorsIn(said['flavors']),
      modelSizeBytes: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null,
    },
    signature: signatureIn(said['signature']),
  };
}

type Mapping = Readonly<Record<string, unknown>>;

function mappingIn(text: string): Mapping {
  try {
    return asMapping(load(text, { schema: CORE_SCHEMA }));
  } catch {
    return {};
  }
}

function asMapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function flavorsIn(flavors: unknown): string {
  const names = Object.keys(asMapping(flavors)).filter((name) => /^[\w.-]{1,100}$/.test(name));
  const text = names.sort().join(',');
  return text.length > MAX_FLAVORS_LENGTH ? '' : text;
}

function signatureIn(given: unknown): Signature {
  const signature = asMapping(given);
  const text = (part: string) => {
    const value = signature[part];
    // MLflow writes JSON in text; to write out anything else could take any amount of memory, as aliases repeat what they name
    return typeof value === 'string' && value.length <= MAX_SIGNATURE_LENGTH ? value.replaceAll('\0', '') : '';
  };
  return { inputs: text('inputs'), outputs: text('outputs'), params: text('params') };
}
