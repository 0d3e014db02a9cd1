import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { pythonWithMlflow } from '@millrace/platform/testing/python';
import { hmac, type Receiver, startReceiver } from './_receiver.ts';
import { startWebhookService, type WebhookService } from './_webhooks.ts';

const SCRIPT = `
import sys
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient(sys.argv[1], sys.argv[1])
url = sys.argv[2]
made = client.create_webhook(name="ci", url=url, events=["model_version.created", "registered_model.created"],
    description="d", secret="hidden")
assert made.status.value == "ACTIVE" and made.description == "d" and made.url == url, made
listed = client.list_webhooks(max_results=10)
assert [w.webhook_id for w in listed] == [made.webhook_id] and not listed.token, listed
got = client.get_webhook(made.webhook_id)
assert sorted(str(e) for e in got.events) == ["model_version.created", "registered_model.created"], got.events
updated = client.update_webhook(webhook_id=made.webhook_id, name="ci2", events=["model_version_alias.created"])
assert updated.name == "ci2" and [str(e) for e in updated.events] == ["model_version_alias.created"], updated
assert updated.last_updated_timestamp > made.last_updated_timestamp
result = client.test_webhook(made.webhook_id)
assert result.success and result.response_status == 200 and result.response_body == "fine", result
result = client.test_webhook(made.webhook_id, event="model_version.created")
assert result.success, result
client.create_registered_model("churn")
client.create_model_version("churn", "s3://bucket/m")
client.set_registered_model_alias("churn", "champion", "1")
gone = client.create_webhook(name="gone", url=url, events=["prompt.created"])
client.delete_webhook(gone.webhook_id)
try:
    client.get_webhook(gone.webhook_id)
    raise SystemExit("still there")
except MlflowException as e:
    assert e.error_code == "RESOURCE_DOES_NOT_EXIST", e
`;

describeWith('python', 'MLflow’s own client', () => {
  let service: WebhookService;
  let receiver: Receiver;
  beforeAll(async () => {
    service = await startWebhookService();
    receiver = await startReceiver(() => ({ status: 200, body: 'fine' }));
  });
  afterAll(async () => {
    await service?.close();
    await receiver?.close();
  });

  it('makes, lists, changes, tests and deletes webhooks, beside some that it could not read', async () => {
    const ours = { event_types: ['model_version.stage_transitioned'] };
    await service.newWebhook('https://example.com/', ours);
    const python = await pythonWithMlflow('newest');
    const base = `http://127.0.0.1:${service.httpPort}`;
    await promisify(execFile)(python, ['-c', SCRIPT, base, receiver.url], {
      env: { ...process.env, GIT_PYTHON_REFRESH: 'quiet' },
    });
    const [test, other, alias] = await receiver.first(3);
    expect([test, other, alias].map((one) => one?.json)).toMatchObject([
      { entity: 'model_version_alias', action: 'created', data: { name: 'example_model' } },
      { entity: 'model_version', action: 'created', data: { name: 'example_model' } },
      { entity: 'model_version_alias', action: 'created', data: { name: 'churn', alias: 'champion', version: '1' } },
    ]);
    expect(alias?.headers['x-mlflow-signature']).toBe(alias && hmac('hidden', alias));
  }, 180_000);
});
