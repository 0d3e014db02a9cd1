import type { Pool } from '@millrace/platform/postgres';
import { type Outcome, recordOutcomes } from '../store/webhook-queue.ts';

const GATHER_MS = 10;
const BATCH = 500;

type Waiting = { readonly outcome: Outcome; readonly done: () => void; readonly failed: (error: unknown) => void };

/** Writes the outcomes of all receivers together, since a commit each would cost more than the deliveries do. */
export function recorder(pool: Pool): (outcome: Outcome) => Promise<void> {
  const waiting: Waiting[] = [];
  let writing = false;

  const write = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      try {
        await recordOutcomes(
          pool,
          batch.map(({ outcome }) => outcome),
        );
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    writing = false;
  };

  return (outcome) =>
    new Promise((done, failed) => {
      waiting.push({ outcome, done, failed });
      if (writing) return;
      writing = true;
      setTimeout(() => void write(), GATHER_MS);
    });
}
