import { MLFLOW_CLIENTS, pythonWithMlflow } from '../python.ts';
import { type Part, Unavailable } from './part.ts';
import { exists } from './run.ts';

/** Makes the environments before the tests, because their first making takes longer than a test may. */
export async function mlflowClients(): Promise<Part> {
  if (!(await exists('python3'))) throw new Unavailable('python3 was not found');
  if (!(await exists('python3', ['-c', 'import venv, ensurepip'])))
    throw new Unavailable('python3 has no venv and ensurepip (on Debian: the package python3-venv)');
  for (const client of MLFLOW_CLIENTS) await pythonWithMlflow(client);
  return { from: `python3 with MLflow ${MLFLOW_CLIENTS.join(' and ')}`, env: {} };
}
