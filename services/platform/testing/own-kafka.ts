import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeBroker } from './parts/kafka.ts';
import { Unavailable } from './parts/part.ts';

export type OwnKafka = {
  readonly brokers: readonly string[];
  /** Waits until the broker is gone; what was written to it is kept. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A broker, running, for a test that stops and starts it. A text says why this machine cannot have one. */
export async function ownKafka(): Promise<OwnKafka | string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-'));
  const giveUp = new AbortController();
  try {
    const broker = await nativeBroker({ folder, stopping: giveUp.signal });
    let stop: (() => Promise<void>) | undefined = await broker.start();
    const end = async () => {
      await stop?.();
      stop = undefined;
    };
    return {
      brokers: [`127.0.0.1:${broker.port}`],
      stop: end,
      async start() {
        stop ??= await broker.start();
      },
      async remove() {
        await end();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (error instanceof Unavailable) return error.message;
    throw error;
  }
}
