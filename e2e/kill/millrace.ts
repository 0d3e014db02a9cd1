import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalSettings, startLocal } from '../programs/local.ts';
import { killProcess } from './postgres.ts';

type Kept = Required<Pick<LocalSettings, 'port' | 'env'>> & {
  readonly dataDir: string;
  /** Asked whenever it has ended: whether it may do so by itself, its own database being gone, say. */
  readonly mayEnd: () => boolean;
};

export type KeptMillrace = {
  readonly url: string;
  /** Also while it starts. False when it is not there at the moment. */
  readonly kill: () => boolean;
  /** What it did that it must not do. */
  readonly faults: readonly string[];
  readonly stop: () => Promise<void>;
};

/** Millrace, started again at the same address whenever it ends, as a service manager would. */
export async function keepMillrace({ dataDir, port, env, mayEnd }: Kept): Promise<KeptMillrace> {
  const faults: string[] = [];
  let stopping = false;
  let killed = false;
  let pid: number | undefined;
  const start = () => startLocal(dataDir, { port, env, onSpawn: (spawned) => (pid = spawned) });
  let running = await start();
  const { url } = running;

  const note = (what: unknown) => appendFile(join(dataDir, 'millrace.log'), `${String(what)}\n`);
  /** Its database may be away meanwhile, and it may be killed while it starts. */
  const untilStarted = async () => {
    while (!stopping) {
      killed = false;
      const started = await start().catch(note);
      if (started) return started;
      await sleep(100);
    }
    return undefined;
  };
  const keeping = (async () => {
    for (;;) {
      await running.ended;
      await note(running.lastLines());
      if (stopping) return;
      const expected = mayEnd() || killed;
      if (!expected) faults.push(`Millrace ended by itself:\n${running.lastLines()}`);
      const started = await untilStarted();
      if (!started) return;
      running = started;
    }
  })();

  return {
    url,
    faults,
    kill() {
      killed = killProcess(pid);
      return killed;
    },
    async stop() {
      stopping = true;
      await running.stop();
      await keeping;
      await running.stop(); // had it just been started again
    },
  };
}
