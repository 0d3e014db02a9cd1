import { type Command, type Program, startProgram } from './program.ts';

const MAIN = new URL('../../services/local/src/main.ts', import.meta.url);

export type Local = Program & {
  readonly url: string;
  /** What Ctrl-C in a terminal does: the signal reaches Millrace and every program that it started. */
  readonly interrupt: () => Promise<number | null>;
};

export type LocalSettings = Partial<Pick<Command<string>, 'env' | 'main' | 'onSpawn'>> & {
  /** Any free one unless given. */
  readonly port?: number;
};

/** What `npm start` runs, on a data folder of the caller's. */
export async function startLocal(dataDir: string, settings: LocalSettings = {}): Promise<Local> {
  const { port = 0, env = {}, ...others } = settings;
  const { ready: url, ...program } = await startProgram({
    main: MAIN,
    args: ['--port', String(port), '--data', dataDir],
    env,
    ownGroup: true,
    ...others,
    readyWhen: (line) => /listening on (http:\/\/[\w.:[\]-]+)/.exec(line)?.[1],
  });
  const interrupt = () => {
    process.kill(-program.pid, 'SIGINT');
    return program.ended;
  };
  return { ...program, url, interrupt };
}
