import type { FilePage } from '../domain/artifact-store.ts';

export const listingMessage = (rootUri: string, { files, nextPageToken }: FilePage) => ({
  rootUri,
  files: files.map(({ path, isDir, sizeBytes }) => ({
    path,
    isDir,
    ...(sizeBytes !== null && { fileSize: BigInt(sizeBytes) }),
  })),
  ...(nextPageToken !== undefined && { nextPageToken }),
});
