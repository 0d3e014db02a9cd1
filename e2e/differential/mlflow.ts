import { join } from 'node:path';
import { freePort } from '../programs/free-port.ts';
import { startProgram } from '../programs/program.ts';

/** MLflow's own server on SQLite and a folder, with one worker and without its background jobs. */
export async function startMlflow(python: string, folder: string, env: Readonly<Record<string, string>> = {}) {
  const port = await freePort();
  const storage = ['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`];
  const artifacts = ['--artifacts-destination', join(folder, 'artifacts')];
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const program = await startProgram({
    program: python,
    args: ['-m', 'mlflow', 'server', ...listen, ...storage, ...artifacts],
    env: { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', PYTHONDONTWRITEBYTECODE: '1', ...env },
    ownGroup: true,
    readyWhen: (line) => (/Uvicorn running on|Application startup complete/.test(line) ? true : undefined),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    lastLines: program.lastLines,
    /** With the workers that it started. */
    async stop() {
      process.kill(-program.pid, 'SIGTERM');
      await program.ended;
    },
  };
}
