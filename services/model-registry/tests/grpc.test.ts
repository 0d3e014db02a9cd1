import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GrpcClient, grpcClient } from '@millrace/platform/contract/grpc-client';
import { ModelVersionService } from '@millrace/proto/registry/v1/model_versions';
import { RegisteredModelService } from '@millrace/proto/registry/v1/registered_models';
import { WebhookDeliveryService } from '@millrace/proto/registry/v1/webhook_deliveries';
import { WebhookEvent_Action, WebhookEvent_Entity, WebhookService } from '@millrace/proto/registry/v1/webhooks';
import { type RegistryService, startService } from './_service.ts';

describe('the registry over gRPC', () => {
  const asBot = { deadlineMs: 10_000, identity: { actor: 'ci-bot', workspace: 'team-a' } };
  let service: RegistryService;
  let models: GrpcClient<typeof RegisteredModelService>;
  let versions: GrpcClient<typeof ModelVersionService>;
  beforeAll(async () => {
    service = await startService();
    models = grpcClient(RegisteredModelService, `127.0.0.1:${service.grpcPort}`, asBot);
    versions = grpcClient(ModelVersionService, `127.0.0.1:${service.grpcPort}`, asBot);
  });
  afterAll(async () => {
    models?.close();
    versions?.close();
    await service?.close();
  });

  it('does the same as over REST', async () => {
    await models.createRegisteredModel({ name: 'churn', tags: [{ key: 'k', value: 'v' }] });
    const { modelVersion } = await versions.createModelVersion({ name: 'churn', source: 's3://b/x' });
    expect(modelVersion).toMatchObject({ version: '1', currentStage: 'None', description: '' });
    const moved = await versions.transitionModelVersionStage({ name: 'churn', version: '1', stage: 'production' });
    expect(moved.modelVersion).toMatchObject({ currentStage: 'Production' });
    const { registeredModel } = await models.getRegisteredModel({ name: 'churn' });
    expect(registeredModel).toMatchObject({ tags: [{ key: 'k' }], latestVersions: [{ version: '1' }] });
    await versions.updateModelVersion({ name: 'churn', version: '1' });
    expect((await versions.getModelVersion({ name: 'churn', version: '1' })).modelVersion?.description).toBeUndefined();
    expect((await versions.searchModelVersions({ filter: "name = 'churn'" })).modelVersions).toHaveLength(1);
    await expect(models.getRegisteredModel({ name: 'nobody' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'Registered Model with name=nobody not found',
    });
    await expect(models.getRegisteredModel({})).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  it('has the webhooks of a workspace, and of no other', async () => {
    const webhooks = grpcClient(WebhookService, `127.0.0.1:${service.grpcPort}`, asBot);
    const deliveries = grpcClient(WebhookDeliveryService, `127.0.0.1:${service.grpcPort}`, asBot);
    const events = [{ entity: WebhookEvent_Entity.MODEL_VERSION, action: WebhookEvent_Action.CREATED }];
    const { webhook } = await webhooks.createWebhook({ name: 'w', url: 'https://93.184.216.34/', events });
    const webhookId = webhook?.webhookId ?? '';
    expect((await webhooks.getWebhook({ webhookId })).webhook).toMatchObject({ name: 'w', events });
    expect((await webhooks.listWebhooks({})).webhooks).toHaveLength(1);
    expect((await deliveries.listWebhookDeliveries({ webhookId })).deliveries).toEqual([]);
    expect(await service.get(`webhooks/${webhookId}`)).toMatchObject({ status: 404 });
    expect(await service.get(`webhooks/${webhookId}/deliveries`)).toMatchObject({ status: 404 });
    expect(await service.get('webhooks')).toMatchObject({ status: 200, body: {} });
    await webhooks.deleteWebhook({ webhookId });
    webhooks.close();
    deliveries.close();
  });

  it('keeps the models of one workspace from the other', async () => {
    await models.createRegisteredModel({ name: 'shared name' });
    await versions.createModelVersion({ name: 'shared name', source: 's3://b/x' });
    const found = await service.get('registered-models/get', { name: 'shared name' });
    expect(found).toMatchObject({ status: 404 });
    expect(await service.get('model-versions/search')).toMatchObject({ body: {} });
    expect((await service.get('model-versions/search')).body).not.toHaveProperty('model_versions');
    expect(await service.post('registered-models/create', { name: 'shared name' })).toMatchObject({ status: 200 });
    expect(await service.newVersion('shared name')).toMatchObject({ version: '1' });
    expect(await service.delete('registered-models/delete', { name: 'shared name' })).toMatchObject({ status: 200 });
    expect((await models.getRegisteredModel({ name: 'shared name' })).registeredModel?.latestVersions).toHaveLength(1);
  });
});
