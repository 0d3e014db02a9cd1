import type { Api } from './api.ts';

export type Trained = { readonly runId: string; readonly source: string; readonly accuracy: number };

/** The second best in Production first, then the best takes its place. Answers what was done, for people. */
export async function registerBest(api: Api, name: string, best: readonly Trained[]): Promise<readonly string[]> {
  await api.post('registered-models/create', { name, description: 'An example: which customers will leave?' });
  for (const { runId, source, accuracy } of best.toReversed()) {
    const created = await api.post('model-versions/create', { name, source, run_id: runId });
    const { version } = created['model_version'] as { readonly version: string };
    await api.post('model-versions/set-tag', { name, version, key: 'accuracy', value: accuracy.toFixed(3) });
    const move = (stage: string) =>
      api.post('model-versions/transition-stage', { name, version, stage, archive_existing_versions: true });
    await move('Staging');
    await move('Production');
    await api.post('registered-models/alias', { name, alias: 'champion', version });
  }
  return [`Model ${name}: ${best.length} versions, the last in Production with the alias champion`];
}
