import type { Context } from '@millrace/platform/contract/context';

/** What the MLmodel file of a version says. */
export type Contents = {
  /** SHA-256 of the file, in hexadecimal; empty: there is no such file, or it was not read yet. */
  readonly digest: string;
  /** Separated by commas. */
  readonly flavors: string;
  /** Of the whole model; null: the file does not say. */
  readonly modelSizeBytes: number | null;
};

/** JSON in each, as in the file; empty: none. */
export type Signature = { readonly inputs: string; readonly outputs: string; readonly params: string };

/**
 * Reads a small file from where the artifact proxy keeps it. Undefined where there is none that may be read, and where it is
 * too large to be an MLmodel; throws UnavailableError while the proxy or its store is away.
 */
export type ReadFile = (path: string, context: Context) => Promise<Uint8Array | undefined>;
