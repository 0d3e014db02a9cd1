import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { onFolder } from './folder-access.ts';
import type { Account } from './run-as.ts';

/** What lies where under the folder that the caller names. */
export type DataFolder = {
  readonly root: string;
  /** PostgreSQL's own data directory: it exists once it has been initialised completely. */
  readonly cluster: string;
  readonly sockets: string;
  readonly lock: string;
  readonly log: string;
};

/** Creates the folder when it is missing. */
export function openDataFolder(path: string): DataFolder {
  const root = onFolder(path, () => {
    mkdirSync(path, { recursive: true });
    return realpathSync(path);
  });
  return {
    root,
    cluster: join(root, 'cluster'),
    sockets: join(root, 'run'),
    lock: join(root, 'owner.lock'),
    log: join(root, 'postgres.log'),
  };
}

/**
 * The account that owns the cluster, so that root can start on a folder that an ordinary user made and leave it usable
 * for that user; undefined when there is no cluster yet, or when root owns it.
 */
export function clusterOwner({ cluster }: DataFolder): Account | undefined {
  const found = statSync(cluster, { throwIfNoEntry: false });
  if (found === undefined || found.uid === 0) return undefined;
  const uid = process.getuid?.();
  if (uid !== 0 && uid !== found.uid)
    throw new ConfigError(
      `${cluster} belongs to user ${found.uid}: start as that user or as root, or choose another data folder with --data.`,
    );
  return { uid: found.uid, gid: found.gid };
}

/** A cluster restored or copied by root would be refused by PostgreSQL. */
export function giveCluster({ cluster }: DataFolder, { uid, gid }: Account): void {
  if (process.getuid?.() !== 0 || statSync(cluster).uid === uid) return;
  const { status, stderr } = spawnSync('chown', ['-R', `${uid}:${gid}`, cluster], { encoding: 'utf8' });
  if (status !== 0) throw new ConfigError(`Cannot give ${cluster} to user ${uid}: ${stderr.trim()}`);
}

/** A new empty folder closed to everyone but the account; its name is `prefix` and six random characters. */
export function privateFolder(prefix: string, account: Account): string {
  const folder = mkdtempSync(prefix);
  chmodSync(folder, 0o700);
  if (process.getuid?.() === 0) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** The lock must be held: removes what a start that was cut off has left. */
export function removeUnfinished({ root }: DataFolder): void {
  for (const name of readdirSync(root))
    if (name.startsWith('cluster.new-')) rmSync(join(root, name), { recursive: true, force: true });
}

/** The PostgreSQL major version that made the cluster. */
export function clusterVersion({ cluster }: DataFolder): string {
  return readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
}
