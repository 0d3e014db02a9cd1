import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from './parts/cache.ts';
import { progress, timed } from './parts/progress.ts';
import { run } from './parts/run.ts';

/** The clients every change is tried with: the newest release, and the last of the 2.x line that many teams still use. */
const REQUIREMENTS = {
  newest: ['mlflow==3.17.2', 'scikit-learn==1.9.1'],
  '2.22': ['mlflow==2.22.5', 'scikit-learn==1.7.2'],
} as const;

export type MlflowClient = keyof typeof REQUIREMENTS;
export const MLFLOW_CLIENTS = ['newest', '2.22'] as const satisfies readonly MlflowClient[];

/**
 * The path of a Python interpreter with the unmodified MLflow client and scikit-learn. The first call on a machine
 * takes a minute or two; the environment is kept in the cache folder, one per requirements and Python version.
 */
export async function pythonWithMlflow(client: MlflowClient): Promise<string> {
  const requirements = REQUIREMENTS[client];
  const version = (await run('python3', ['-c', 'import platform; print(platform.python_version())'])).trim();
  const key = createHash('sha256')
    .update([version, ...requirements].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const folder = await cachedFolder({
    name: `python-mlflow-${client}-${key}`,
    marker: 'complete',
    inPlace: true,
    fill: (target) => create(target, requirements),
  });
  return join(folder, 'bin', 'python');
}

async function create(folder: string, requirements: readonly string[]): Promise<void> {
  progress(`python: making an environment with ${requirements.join(', ')} (minutes, once)`);
  await timed(`python: ${requirements.join(', ')} installed`, async () => {
    await run('python3', ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--prefer-binary'];
    await run(join(folder, 'bin', 'python'), [...pip, ...requirements]);
  });
  writeFileSync(join(folder, 'complete'), `${requirements.join('\n')}\n`);
}
