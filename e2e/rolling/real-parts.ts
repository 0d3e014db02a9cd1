import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPart } from '@millrace/platform/testing/parts/find-part';
import type { Part } from '@millrace/platform/testing/parts/part';
import type { Parts } from '../programs/service.ts';
import { openParts } from '../tests/_parts.ts';

export type RealParts = {
  readonly folder: string;
  readonly parts: Parts;
  /** What was used, for people to read. */
  readonly from: readonly string[];
  readonly stop: () => Promise<void>;
};

/** PostgreSQL, Kafka and S3 as the tests have them, and a folder that is gone with them. */
export async function startRealParts(): Promise<RealParts> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-rolling-'));
  await chmod(folder, 0o755); // PostgreSQL and nginx run as other users when we are root
  const started: Part[] = [];
  const stop = async () => {
    await Promise.allSettled(started.map(async (part) => part.stop?.()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const name of ['postgres', 'kafka', 's3'] as const) {
      const part = await findPart(name, { folder, stopping: new AbortController().signal });
      started.push(part);
      Object.assign(process.env, part.env);
    }
    return { folder, parts: await openParts(), from: started.map(({ from }) => from), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
