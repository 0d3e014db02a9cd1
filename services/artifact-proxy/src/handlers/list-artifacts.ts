import { once } from 'node:events';
import { type Entry, listPages, type ObjectStore } from '@millrace/platform/object-store/object-store';
import { visible } from '../domain/visible-entries.ts';
import type { ArtifactHandler } from './artifact-call.ts';

const PAGE = 10_000;

type Deps = { readonly store: ObjectStore };

/** MLflow's listing has no pages, so a large directory is written while it is read. Nothing there is `{}`, as is a file. */
export const listArtifacts =
  ({ store }: Deps): ArtifactHandler =>
  async ({ res, key, context }) => {
    let written = 0;
    for await (const page of listPages(store, key, PAGE)) {
      const files = visible(page, key).map(fileJson);
      if (files.length === 0) continue;
      if (written === 0) res.setHeader('content-type', 'application/json');
      const more = res.write(`${written === 0 ? '{"files":[' : ','}${files.join(',')}`);
      written += files.length;
      if (!more) await once(res, 'drain', { signal: context.signal });
    }
    if (written === 0) res.setHeader('content-type', 'application/json');
    res.end(written === 0 ? '{}' : ']}');
  };

function fileJson({ name, isDir, sizeBytes }: Entry): string {
  return JSON.stringify({ path: name, is_dir: isDir, ...(sizeBytes > 0 && { file_size: sizeBytes }) });
}
