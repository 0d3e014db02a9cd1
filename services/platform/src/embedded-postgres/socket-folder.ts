import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataFolder, privateFolder } from './data-folder.ts';
import { SUPERUSER } from './initialise.ts';
import type { Account } from './run-as.ts';

/** Start of the paths of socket folders outside the data folder. */
export const TEMPORARY_SOCKETS = join(tmpdir(), 'millrace-postgres-');

const PORT = 5432;
/** The kernel's limit for a socket's path is 108 bytes on Linux and 104 on macOS, its final zero included. */
const LONGEST_PATH = 100;

/**
 * Where the server listens: in the data folder, or, when the path would be too long for a socket or hold a character that
 * PostgreSQL's setting reserves, in a private folder for temporary files.
 */
export function makeSocketFolder(folder: DataFolder, account: Account): string {
  if (!fits(folder.sockets)) return privateFolder(TEMPORARY_SOCKETS, account);
  rmSync(folder.sockets, { recursive: true, force: true });
  mkdirSync(folder.sockets, { mode: 0o700 });
  if (process.getuid?.() === 0) chownSync(folder.sockets, account.uid, account.gid);
  return folder.sockets;
}

/**
 * A connection string for `pg` and libpq. The name and port of a host are there because URL parsers want one and because
 * the environment (PGPORT, PGSSLMODE) must not fill gaps; `host` overrules them.
 */
export function databaseUrl(sockets: string, database: string): string {
  return `postgres://${SUPERUSER}@localhost:${PORT}/${database}?host=${encodeURIComponent(sockets)}&sslmode=disable`;
}

function fits(sockets: string): boolean {
  return Buffer.byteLength(join(sockets, `.s.PGSQL.${PORT}`)) <= LONGEST_PATH && !/[,"\n]/.test(sockets);
}
