import { rmSync } from 'node:fs';
import type { DataFolder } from './data-folder.ts';
import { end } from './postmaster-file.ts';
import type { ProcessLock } from './process-lock.ts';
import type { Server } from './server.ts';

export type EmbeddedPostgres = {
  /** For `pg`, libpq and child processes of the same user: a socket in the file system, no TCP port. */
  readonly url: string;
  readonly pid: number;
  /** Says why, if the server ends although nobody stopped it. */
  readonly lost: Promise<string>;
  /** Resolves when everything is written and the process is gone; may be called again. */
  readonly stop: () => Promise<void>;
};

type Supervised = {
  readonly server: Server;
  readonly folder: DataFolder;
  readonly sockets: string;
  readonly lock: ProcessLock;
};

/** Ties the server's life to ours, and says when it ends before that. */
export function superviseServer({ server, folder, sockets, lock }: Supervised): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  // Without a stop the process may still end: the server then shuts down by itself.
  const onExit = () => server.process.kill('SIGINT');
  process.once('exit', onExit);
  holdEventLoop(server, false);

  const stop = async () => {
    holdEventLoop(server, true);
    await end(server.pid, folder);
    await server.exited;
    process.off('exit', onExit);
    rmSync(sockets, { recursive: true, force: true });
    lock.release();
  };
  const lost = server.exited.then((reason) => (stopping === undefined ? reason : new Promise<never>(() => {})));
  return {
    url: server.url,
    pid: server.pid,
    lost,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** A running server is no reason for a finished program to stay. */
function holdEventLoop({ process: child }: Server, hold: boolean): void {
  const handles = [child, child.stdout, child.stderr] as readonly { ref?: () => void; unref?: () => void }[];
  for (const handle of handles) hold ? handle.ref?.() : handle.unref?.();
}
