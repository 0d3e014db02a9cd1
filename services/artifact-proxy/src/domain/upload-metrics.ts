import type { Lifecycle } from '@millrace/platform/lifecycle';
import type { Pool } from '@millrace/platform/postgres';
import { askedGauges, gauge } from '@millrace/platform/telemetry/metering';
import { openUploads } from '../store/open-uploads.ts';
import type { UploadSlots } from './upload-slots.ts';

const GAUGES = {
  millrace_open_uploads: 'Uploads in parts that are not complete',
  millrace_open_upload_oldest_age_seconds: 'Since anything was heard of the most silent of them',
};

/** Tells how many uploads are under way, wait for their turn, or were left behind. */
export function watchUploads(pool: Pool, slots: UploadSlots, lifecycle: Lifecycle): void {
  gauge('millrace_upload_slots', 'Uploads that are held in memory, and those that wait for a place', lifecycle, () => {
    const { taken, waiting } = slots.state();
    return [
      [taken, { state: 'taken' }],
      [waiting, { state: 'waiting' }],
    ];
  });
  askedGauges(GAUGES, {}, lifecycle, async () => {
    const { count, oldestSeconds } = await openUploads(pool);
    return { millrace_open_uploads: count, millrace_open_upload_oldest_age_seconds: oldestSeconds };
  });
}
