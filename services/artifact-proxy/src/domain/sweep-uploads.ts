import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Logger } from '@millrace/platform/log';
import {
  type Ages,
  deleteUpload,
  inStore,
  isNamed,
  type KnownUpload,
  listOtherUploads,
  listStaleUploads,
  touchUpload,
  type Upload,
} from '../store/uploads.ts';
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
      await settle(deps, upload, ages).then(
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
async function settle(deps: UploadDeps, upload: KnownUpload, ages: Ages): Promise<void> {
  const { store, pool } = deps;
  const { id, workspace, actor, state } = upload;
  if (!isNamed(upload)) return settleLost(deps, upload, ages);
  if (state === 'open') {
    const stored = await store.multipart.completed(inStore(upload));
    if (stored) return finish(deps, upload, stored, { workspace, actor });
  }
  await store.multipart.abort(inStore(upload));
  await deleteUpload(pool, id);
}

/** We were killed before we knew its id. What the store has for its key and no other upload is known by was this one. */
async function settleLost({ store, pool }: UploadDeps, upload: Upload, ages: Ages): Promise<void> {
  const { id, key } = upload;
  const begun = await store.multipart.find({ key, mark: id });
  const others = await listOtherUploads(pool, upload, ages.otherSeconds); // after the store was asked: none is missed
  if (others.some(({ storeId, isYoung }) => storeId === null && isYoung)) return touchUpload(pool, id);
  const known = new Set(others.map(({ storeId }) => storeId));
  for (const lost of begun) if (!known.has(lost)) await store.multipart.abort({ key, id: lost, mark: id });
  await deleteUpload(pool, id);
}
