import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { error, startService, type TrackingService } from './_service.ts';

let service: TrackingService;
let experiment_id: string;
beforeAll(async () => {
  service = await startService();
  experiment_id = await service.newExperiment();
});
afterAll(() => service?.close());

describe('tags that something is created with', () => {
  const twice = [
    { key: 'a', value: '1' },
    { key: 'a', value: '1' },
  ];
  const refused = { status: 400, body: error('BAD_REQUEST', "Duplicate tag keys have been submitted: ['a']") };

  it('have no key twice', async () => {
    const name = crypto.randomUUID();
    expect(await service.post('experiments/create', { name, tags: twice })).toMatchObject(refused);
    expect((await service.get('experiments/get-by-name', { experiment_name: name })).status).toBe(404);
    expect(await service.post('runs/create', { experiment_id, tags: twice })).toMatchObject(refused);
    expect(await service.post('logged-models', { experiment_id, tags: twice })).toMatchObject(refused);
    const run_id = await service.newRun(experiment_id);
    const datasets = [{ dataset: { name: 'd', digest: '1' }, tags: twice }];
    expect(await service.post('runs/log-inputs', { run_id, datasets })).toMatchObject(refused);
  });

  it('have any characters in the keys of a run, but not too many, and values are cut', async () => {
    const tags = [
      { key: 'owner@team', value: 'x' },
      { key: '../long', value: 'y'.repeat(9000) },
    ];
    const { status, body } = await service.post('runs/create', { experiment_id, run_name: 'n', tags });
    expect(status).toBe(200);
    expect((body['run'] as { data: unknown }).data).toEqual({
      tags: [
        { key: '../long', value: 'y'.repeat(8000) },
        { key: 'mlflow.runName', value: 'n' },
        { key: 'owner@team', value: 'x' },
      ],
    });
    const long = { experiment_id, tags: [{ key: 'k'.repeat(251) }] };
    expect(await service.post('runs/create', long)).toMatchObject({
      status: 400,
      body: error('INVALID_PARAMETER_VALUE', "'key' exceeds the maximum length of 250 characters"),
    });
  });
});
