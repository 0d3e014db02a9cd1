import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { error, startService, type TrackingService } from './_service.ts';

let service: TrackingService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const search = (experiment_ids: unknown, root = '/ajax-api') =>
  service.call('POST', `${root}/2.0/mlflow/experiments/search-datasets`, { experiment_ids });

const dataset = (name: string, context?: string, digest = 'd') => ({
  dataset: { name, digest, source_type: 'local', source: '/data' },
  tags: context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }],
});

async function runUsing(experiment: string, ...datasets: readonly unknown[]): Promise<string> {
  const run_id = await service.newRun(experiment);
  expect((await service.post('runs/log-inputs', { run_id, datasets })).status).toBe(200);
  return run_id;
}

describe('the data sets of experiments', () => {
  it('are those that runs used, once for each context, of deleted runs too', async () => {
    const [one, two] = [await service.newExperiment(), await service.newExperiment()];
    await runUsing(one, dataset('b', 'training'), dataset('a'), dataset('b', 'training', 'e'), dataset('c', ''));
    await runUsing(one, dataset('b', 'eval'), dataset('a'));
    await runUsing(one, dataset('b', 'training'));
    await service.post('runs/delete', { run_id: await runUsing(two, dataset('z', 'training')) });
    await runUsing(await service.newExperiment(), dataset('elsewhere'));
    expect((await search([two, one, '999999999'])).body).toEqual({
      dataset_summaries: [
        { experiment_id: one, name: 'a', digest: 'd' },
        { experiment_id: one, name: 'b', digest: 'd', context: 'eval' },
        { experiment_id: one, name: 'b', digest: 'd', context: 'training' },
        { experiment_id: one, name: 'b', digest: 'e', context: 'training' },
        { experiment_id: one, name: 'c', digest: 'd' },
        { experiment_id: two, name: 'z', digest: 'd', context: 'training' },
      ],
    });
  });

  it('are the first thousand', async () => {
    const experiment = await service.newExperiment();
    for (let batch = 0; batch < 2; batch++) {
      await runUsing(experiment, ...Array.from({ length: 600 }, (_, i) => dataset(`${batch}-${i}`)));
    }
    const { body } = await search([experiment]);
    expect(body['dataset_summaries']).toHaveLength(1000);
  });

  it('are none where nothing was used', async () => {
    expect(await search(['999999999'])).toMatchObject({ status: 200, body: {} });
  });

  it('are asked for by 1 to 20 experiments, by the browser only', async () => {
    const refused = (message: string) => ({ status: 400, body: error('INVALID_PARAMETER_VALUE', message) });
    const none = 'SearchDatasets request must specify at least one experiment_id.';
    expect(await search([])).toMatchObject(refused(none));
    expect(await search(undefined)).toMatchObject(refused(none));
    expect(await search(Array(21).fill('1'))).toMatchObject(
      refused('SearchDatasets request cannot specify more than 20 experiment_ids. Received 21 experiment_ids.'),
    );
    expect(await search(['x'])).toMatchObject(refused("Invalid experiment ID 'x'"));
    expect(await search([1])).toMatchObject(refused("Invalid value 1 for parameter 'experiment_ids[0]' supplied"));
    expect((await search(['1'], '/api')).status).toBe(404);
  });
});
