import { join } from 'node:path';
import { freePort } from '../programs/free-port.ts';
import { type KeptMillrace, keepMillrace } from './millrace.ts';
import { keepPostgres, killBackend, killPostmaster } from './postgres.ts';
import type { Random } from './random.ts';

/** Where PostgreSQL runs: beside Millrace, which then must outlive it, or inside, as `npm start` has it. */
export const TOPOLOGIES = ['beside', 'inside'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

export const VICTIMS = ['millrace', 'postmaster', 'backend'] as const;
export type Victim = (typeof VICTIMS)[number];

export type Machine = {
  readonly url: string;
  readonly databaseUrl: string;
  /** With SIGKILL. False when there is nothing to kill at the moment. */
  readonly kill: (victim: Victim, random: Random) => boolean;
  /** Processes that ended although nobody killed them. */
  readonly faults: readonly string[];
  readonly stop: () => Promise<void>;
};

/** Millrace and its PostgreSQL on a folder; whatever is killed comes back at the same address. */
export async function startMachine(folder: string, topology: Topology): Promise<Machine> {
  const port = await freePort();
  return topology === 'beside' ? startBeside(folder, port) : startInside(folder, port);
}

async function startBeside(folder: string, port: number): Promise<Machine> {
  const postgresFolder = join(folder, 'postgres');
  const postgres = await keepPostgres(postgresFolder);
  const env = { DATABASE_URL: postgres.url };
  const started = keepMillrace({ dataDir: folder, port, env, mayEnd: () => false });
  const millrace = await started.catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  return {
    ...assembled(millrace, postgres.url, postgresFolder),
    async stop() {
      await millrace.stop();
      await postgres.stop();
    },
  };
}

async function startInside(folder: string, port: number): Promise<Machine> {
  const postgresFolder = join(folder, 'postgres');
  const state = { postmasterKilled: false };
  const mayEnd = () => {
    const may = state.postmasterKilled;
    state.postmasterKilled = false;
    return may;
  };
  const millrace = await keepMillrace({ dataDir: folder, port, env: {}, mayEnd });
  const machine = assembled(millrace, socketUrl(postgresFolder), postgresFolder);
  const kill: Machine['kill'] = (victim, random) => {
    const done = machine.kill(victim, random);
    if (victim === 'postmaster' && done) state.postmasterKilled = true;
    return done;
  };
  return { ...machine, kill, stop: millrace.stop };
}

function assembled({ url, kill, faults }: KeptMillrace, databaseUrl: string, postgresFolder: string) {
  return {
    url,
    databaseUrl,
    faults,
    kill(victim: Victim, random: Random) {
      if (victim === 'millrace') return kill();
      if (victim === 'postmaster') return killPostmaster(postgresFolder);
      return killBackend(postgresFolder, random.pick);
    },
  };
}

/** The embedded PostgreSQL listens in its folder, where the path is short enough. */
function socketUrl(postgresFolder: string): string {
  const sockets = encodeURIComponent(join(postgresFolder, 'run'));
  return `postgres://millrace@localhost:5432/millrace?host=${sockets}&sslmode=disable`;
}
