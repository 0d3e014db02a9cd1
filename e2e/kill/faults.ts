import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE_MS } from './client.ts';
import type { Fleet } from './fleet.ts';
import { type Machine, VICTIMS, type Victim } from './machine.ts';
import { randomOf } from './random.ts';

export type Kills = Readonly<Record<Victim, number>>;

/** Between two kills; some come while the last one is still being recovered from. */
const LONGEST_PAUSE_MS = 1_500;
const DURING_RECOVERY = 0.25;
const PROGRESS = 20;
const FAULT_STREAM = 1_000;

/** Kills one of each kind, in an order that the seed decides, and then goes on with more until the time is over. */
export async function injectFaults(machine: Machine, fleet: Fleet, seed: number, seconds: number): Promise<Kills> {
  const random = randomOf(seed, FAULT_STREAM);
  const kills = { millrace: 0, postmaster: 0, backend: 0 };
  const end = Date.now() + seconds * 1_000;
  do {
    for (const victim of random.shuffled(VICTIMS)) {
      if (!random.chance(DURING_RECOVERY)) await progress(fleet);
      await sleep(random.whole(LONGEST_PAUSE_MS));
      await untilKilled(() => machine.kill(victim, random), victim);
      kills[victim]++;
    }
  } while (Date.now() < end);
  return kills;
}

async function untilKilled(kill: () => boolean, victim: Victim): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!kill()) {
    if (Date.now() > deadline) throw new Error(`there is no ${victim} to kill: something does not come back`);
    await sleep(10);
  }
}

/** Writes are answered again. What never recovers is for the clients to tell, so this gives up after a while. */
async function progress(fleet: Fleet): Promise<void> {
  const before = fleet.acknowledged();
  const deadline = Date.now() + 30_000;
  while (fleet.acknowledged() < before + PROGRESS && Date.now() < deadline) await sleep(20);
}
