import { describe, expect, it } from '@jest/globals';
import { UploadSlots } from '../src/domain/upload-slots.ts';

const forever = new AbortController().signal;

/** Work that the test ends. */
function job() {
  let finish = () => {};
  const promise = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let started = false;
  const work = () => {
    started = true;
    return promise;
  };
  return { work, finish: () => finish(), started: () => started };
}

describe('upload slots', () => {
  it('let so many in, and the next in turn as each leaves', async () => {
    const slots = new UploadSlots({ slots: 2, maxWaiting: 10, waitMs: 60_000 });
    const jobs = [job(), job(), job(), job()];
    const running = jobs.map(({ work }) => slots.run(forever, work));
    const started = async () => {
      await new Promise(setImmediate);
      return jobs.map((one) => one.started());
    };
    expect(await started()).toEqual([true, true, false, false]);
    jobs[1]?.finish();
    expect(await started()).toEqual([true, true, true, false]);
    jobs[0]?.finish();
    expect(await started()).toEqual([true, true, true, true]);
    for (const one of jobs) one.finish();
    await Promise.all(running);
  });

  it('turn callers away when too many wait, or one waits too long', async () => {
    const slots = new UploadSlots({ slots: 1, maxWaiting: 1, waitMs: 50 });
    const first = job();
    const running = slots.run(forever, first.work);
    const late = slots.run(forever, async () => {});
    const busy = { code: 'TEMPORARILY_UNAVAILABLE', retryAfterSeconds: 5 };
    await expect(slots.run(forever, async () => {})).rejects.toMatchObject(busy);
    await expect(late).rejects.toMatchObject(busy);
    first.finish();
    await running;
    await expect(slots.run(forever, async () => 'free again')).resolves.toBe('free again');
  });

  it('forget who went away while waiting, and free the slot of work that failed', async () => {
    const slots = new UploadSlots({ slots: 1, maxWaiting: 5, waitMs: 60_000 });
    const first = job();
    const running = slots.run(forever, first.work);
    const hangUp = new AbortController();
    const gone = slots.run(hangUp.signal, async () => {});
    hangUp.abort();
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    const failing = slots.run(forever, () => Promise.reject(new Error('disk')));
    const last = slots.run(forever, async () => 'served');
    first.finish();
    await running;
    await expect(failing).rejects.toThrow('disk');
    await expect(last).resolves.toBe('served');
  });
});
