import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loggedModels } from './_logged-models.ts';
import { error, startService, type TrackingService } from './_service.ts';

let service: TrackingService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const ask = (transfer: string, body: unknown) => service.post(`artifacts/presigned-${transfer}-url`, body);
const refused = (message: string) => ({ status: 400, body: error('INVALID_PARAMETER_VALUE', message) });

/** A run, and a logged model, of an experiment that keeps its artifacts there. */
async function ownersAt(artifact_location: string) {
  const { body } = await service.post('experiments/create', { name: crypto.randomUUID(), artifact_location });
  const experiment_id = body['experiment_id'] as string;
  const model = await loggedModels(service).create({ experiment_id });
  return { run_id: await service.newRun(experiment_id), model_id: model.info.model_id };
}

describe('presigned URLs', () => {
  it('are not for artifacts that go through this server', async () => {
    const { run_id, model_id } = await ownersAt('mlflow-artifacts:/somewhere');
    const upload =
      'Presigned upload is not supported for proxied artifact storage (artifact URI scheme: mlflow-artifacts). ' +
      'This endpoint requires a direct cloud storage artifact URI.';
    expect(await ask('upload', { run_id, path: 'a.txt' })).toMatchObject(refused(upload));
    expect(await ask('upload', { model_id, path: 'a.txt', expiration: 60 })).toMatchObject(refused(upload));
    expect(await ask('download', { run_id, path: 'a.txt' })).toMatchObject(
      refused(
        'Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: mlflow-artifacts). ' +
          'This endpoint requires a run with a direct cloud storage artifact URI.',
      ),
    );
  });

  it('are not implemented for stores this server has no credentials of', async () => {
    const { run_id, model_id } = await ownersAt('s3://bucket/path');
    const notImplemented = (transfer: string) => ({
      status: 501,
      body: error('NOT_IMPLEMENTED', `Presigned ${transfer} is not supported for the current artifact repository`),
    });
    expect(await ask('upload', { run_id, path: 'a.txt' })).toMatchObject(notImplemented('upload'));
    expect(await ask('upload', { model_id, path: 'a.txt' })).toMatchObject(notImplemented('upload'));
    expect(await ask('download', { run_id, path: 'a.txt' })).toMatchObject(notImplemented('download'));
  });

  it('need a run or a model, and a safe path', async () => {
    const { run_id, model_id } = await ownersAt('s3://bucket/path');
    const one = 'Exactly one of run_id and model_id must be provided.';
    expect(await ask('upload', { path: 'a' })).toMatchObject(refused(one));
    expect(await ask('upload', { run_id, model_id, path: 'a' })).toMatchObject(refused(one));
    expect(await ask('upload', { run_id })).toMatchObject(refused("Missing value for required parameter 'path'"));
    expect(await ask('download', { path: 'a' })).toMatchObject(
      refused("Missing value for required parameter 'run_id'"),
    );
    for (const path of ['../a', '/etc/passwd', '%252e%252e/a', 'C:\\a', 'a#b']) {
      expect(await ask('upload', { run_id, path })).toMatchObject(refused('Invalid path'));
      expect(await ask('download', { run_id, path })).toMatchObject(refused('Invalid path'));
    }
  });

  it('need an owner that is there', async () => {
    const run_id = 'f'.repeat(32);
    const missing = (message: string) => ({ status: 404, body: error('RESOURCE_DOES_NOT_EXIST', message) });
    expect(await ask('upload', { run_id, path: 'a' })).toMatchObject(missing(`Run with id=${run_id} not found`));
    expect(await ask('download', { run_id, path: 'a' })).toMatchObject(missing(`Run with id=${run_id} not found`));
    expect(await ask('upload', { model_id: 'm-x', path: 'a' })).toMatchObject(
      missing("Logged model with ID 'm-x' not found."),
    );
  });

  it.each([0, -5, 604_801])('do not last %d seconds', async (expiration) => {
    const message = `expiration must be between 1 and 604800 seconds (got ${expiration}).`;
    expect(await ask('download', { run_id: 'any', path: 'a', expiration })).toMatchObject(refused(message));
  });
});
