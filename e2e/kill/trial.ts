import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findViolations } from './check/check.ts';
import { injectFaults, type Kills } from './faults.ts';
import { startFleet } from './fleet.ts';
import { type Operation, readJournal } from './journal.ts';
import { type Machine, startMachine, type Topology } from './machine.ts';

export type Trial = { readonly seed: number; readonly seconds: number; readonly topology: Topology };

export type Outcome = {
  readonly kills: Kills;
  readonly operations: readonly Operation[];
  /** Everything that breaks a promise; empty is what we hope for. */
  readonly violations: readonly string[];
  readonly machine: Machine;
  /** Journals, data and logs. */
  readonly folder: string;
};

/**
 * Lets clients write while processes are killed, and then looks for what is not as it must be. `inspect` sees the machine
 * before it is stopped. The folder stays when there were violations.
 */
export async function runTrial(
  { seed, seconds, topology }: Trial,
  inspect: (outcome: Outcome) => Promise<void> = async () => {},
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kill-'));
  const journals = join(folder, 'journals');
  await mkdir(journals);
  const machine = await startMachine(folder, topology);
  let violated = true;
  try {
    const fleet = await startFleet(machine.url, journals, seed);
    const kills = await injectFaults(machine, fleet, seed, seconds);
    await fleet.finish();
    const operations = await readJournal(journals);
    const violations = [...machine.faults, ...(await findViolations(machine, operations))];
    const outcome = { kills, operations, violations, machine, folder };
    await inspect(outcome);
    violated = violations.length > 0;
    return outcome;
  } finally {
    await machine.stop();
    if (!violated) await rm(folder, { recursive: true, force: true });
  }
}
