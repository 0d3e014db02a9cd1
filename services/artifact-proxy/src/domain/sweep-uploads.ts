import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import { type Ages, deleteUpload, inStore, type KnownUpload, listStaleUploads } from '../store/uploads.ts';
import { finish } from './multipart.ts';
import type { UploadDeps } from './upload-artifact.ts';

export type SweepOptions = Ages & { readonly everyMs: number };

const AT_A_TIME = 100;

/** Frees, in the background, the parts of uploads that nobody will complete. Any number of processes may do so at once. */
export function startUploadSweep(deps: UploadDeps, options: SweepOptions, lifecycle: Lifecycle, log: Logger): void {
  let running = Promise.resolve();
  const sweep = () => {
    running = running
      .then(() => sweepUploads(deps, options, lifecycle.stopping))
      .then((count) => {
        if (count > 0) log.info({ count }, 'freed what abandoned uploads left');
      })
      .catch((err: unknown) =>
        log.warn({ err }, 'sweeping up after uploads stopped early; it goes on at the next round'),
      );
  };
  const timer = setInterval(sweep, options.everyMs);
  sweep();
  lifecycle.onClose('upload sweep', async () => {
    clearInterval(timer);
    await running;
  });
}

/** An upload that the store does not let go is tried again at the next round. */
async function sweepUploads(deps: UploadDeps, ages: Ages, stopping: AbortSignal): Promise<number> {
  await deps.store.removeAbandoned();
  const failures: Error[] = [];
  let count = 0;
  for (let found = AT_A_TIME; found === AT_A_TIME && failures.length === 0; ) {
    const uploads = await listStaleUploads(deps.pool, ages, AT_A_TIME);
    found = uploads.length;
    for (const upload of uploads) {
      if (stopping.aborted) return count;
      await settle(deps, upload).then(
        () => (count += 1),
        (error: Error) => failures.push(error),
      );
    }
  }
  const [first] = failures;
  if (first) throw first;
  return count;
}

/** What became whole but was not announced, because we were killed in between, is announced now. */
async function settle(deps: UploadDeps, upload: KnownUpload): Promise<void> {
  const { store, pool } = deps;
  const { id, workspace, actor, state } = upload;
  if (state === 'open') {
    const stored = await store.multipart.completed(inStore(upload));
    if (stored) return finish(deps, upload, stored, { workspace, actor });
  }
  await store.multipart.abort(inStore(upload));
  await deleteUpload(pool, id);
}
