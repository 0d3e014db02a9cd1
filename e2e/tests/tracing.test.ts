import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { type OtlpReceiver, startOtlpReceiver } from '@millrace/platform/testing/otlp-receiver';
import type { ReceivedSpan } from '@millrace/platform/testing/otlp-spans';
import { wholeTrace } from '../trace/complete.ts';
import { type Hook, startHook } from '../trace/hook.ts';
import { type Promotion, promote, WEBHOOKS_ON_LOOPBACK } from '../trace/promotion.ts';
import { openParts } from './_parts.ts';
import { startServices } from './_services.ts';

// the parts are TEST_DATABASE_URL, TEST_KAFKA_BROKERS and TEST_S3_ENDPOINT
describeWith('kafka', 'one trace', () => {
  let parts: Awaited<ReturnType<typeof openParts>>;
  let receiver: OtlpReceiver;
  let hook: Hook;
  let services: Awaited<ReturnType<typeof startServices>>;
  let calls: Promotion;

  beforeAll(async () => {
    parts = await openParts();
    receiver = await startOtlpReceiver();
    hook = await startHook();
    services = await startServices(parts, {
      ...WEBHOOKS_ON_LOOPBACK,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    });
    calls = await promote(services.url, hook.url);
  });
  afterAll(async () => {
    await services?.stop();
    await hook?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
    await parts?.close();
  });

  /** The spans from the one that `matches` up to the first of the trace, by name. */
  const wayUp = (spans: readonly ReceivedSpan[], matches: (span: ReceivedSpan) => boolean): string[] => {
    const names: string[] = [];
    let span = spans.find(matches);
    while (span) {
      names.push(`${span.service} ${span.kind} ${span.name}`);
      const { parentId } = span;
      span = spans.find(({ spanId }) => spanId === parentId);
    }
    return names;
  };

  it('leads from the call that registers a version through the other service to the database', async () => {
    const spans = await wholeTrace(receiver, calls.registered.traceId);
    const statement = ({ service, attributes }: ReceivedSpan) =>
      service === 'tracking' && attributes['db.operation.name'] === 'select';
    expect(wayUp(spans, statement).slice(1)).toEqual([
      'tracking server millrace.tracking.v1.LoggedModelService/GetLoggedModel',
      'model-registry client millrace.tracking.v1.LoggedModelService/GetLoggedModel',
      'model-registry server POST /api/2.0/mlflow/model-versions/create',
    ]);
    const first = spans.find(({ name }) => name === 'POST /api/2.0/mlflow/model-versions/create');
    expect(first).toMatchObject({
      parentId: calls.registered.spanId,
      attributes: {
        'http.response.status_code': '200',
        'millrace.operation': 'ModelVersionService/CreateModelVersion',
      },
    });
  });

  it('leads through the broker to what another service does because of it', async () => {
    const spans = await wholeTrace(receiver, calls.registered.traceId);
    const handled = ({ service, name }: ReceivedSpan) => service === 'tracking' && name === 'tracking_inbox_insert';
    expect(wayUp(spans, handled)).toEqual([
      'tracking client tracking_inbox_insert',
      'tracking consumer process millrace.registry.events',
      'model-registry producer send millrace.registry.events',
      'model-registry server POST /api/2.0/mlflow/model-versions/create',
    ]);
  });

  it('leads to the receiver of the webhook, which can go on with it', async () => {
    for (const call of [calls.registered, calls.promoted]) {
      const { traceparent } = await hook.delivery(call.traceId);
      const spans = await wholeTrace(receiver, call.traceId);
      const attempt = spans.find(({ name }) => name === 'POST webhook');
      expect(traceparent).toBe(`00-${call.traceId}-${attempt?.spanId}-01`);
      expect(attempt?.attributes['http.response.status_code']).toBe('200');
      expect(wayUp(spans, (span) => span === attempt)).toHaveLength(2);
    }
  });
});
