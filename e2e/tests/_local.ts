import { type Program, startProgram } from './_program.ts';

const MAIN = new URL('../../services/local/src/main.ts', import.meta.url);

export type Local = Program & {
  readonly url: string;
  /** What Ctrl-C in a terminal does: the signal reaches Millrace and every program that it started. */
  readonly interrupt: () => Promise<number | null>;
};

/** What `npm start` runs, on a free port and a data folder of the caller's. */
export async function startLocal(dataDir: string): Promise<Local> {
  const { ready: url, ...program } = await startProgram({
    main: MAIN,
    args: ['--port', '0', '--data', dataDir],
    env: {},
    ownGroup: true,
    readyWhen: (line) => /listening on (http:\/\/[\w.:[\]-]+)/.exec(line)?.[1],
  });
  const interrupt = () => {
    process.kill(-program.pid, 'SIGINT');
    return program.ended;
  };
  return { ...program, url, interrupt };
}
