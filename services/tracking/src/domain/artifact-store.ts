import type { Context } from '@millrace/platform/contract/context';

export type FileInfo = { readonly path: string; readonly isDir: boolean; readonly sizeBytes: number | null };
export type FilePage = { readonly files: readonly FileInfo[]; readonly nextPageToken: string | undefined };

/** The bytes behind `mlflow-artifacts:`, by object path, on behalf of whoever may see the run or model they belong to. */
export type ArtifactStore = {
  /** What lies directly in a directory, as much as one answer may hold; of nothing, or of a file, nothing. */
  readonly list: (path: string, pageToken: string, context: Context) => Promise<FilePage>;
  /** Replaces what is there. For files of a few MB at most. */
  readonly put: (path: string, content: Uint8Array, context: Context) => Promise<void>;
};
