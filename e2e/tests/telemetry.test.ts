import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { type OtlpReceiver, startOtlpReceiver } from '@millrace/platform/testing/otlp-receiver';
import type { ReceivedSpan } from '@millrace/platform/testing/otlp-spans';
import { call } from '../trace/caller.ts';
import { wholeTrace } from '../trace/complete.ts';
import { type Hook, startHook } from '../trace/hook.ts';
import { type Promotion, promote, WEBHOOKS_ON_LOOPBACK } from '../trace/promotion.ts';
import { exportedMetrics, shippedAlerts, shippedQueries } from './_metrics.ts';
import { openParts } from './_parts.ts';
import { startServices } from './_services.ts';

// the parts are TEST_DATABASE_URL, TEST_KAFKA_BROKERS and TEST_S3_ENDPOINT
describeWith('kafka', 'telemetry', () => {
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
      METRICS_PORT: '0',
    });
    calls = await promote(services.url, hook.url);
    await moveBytesAndPoints(services.url);
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

  it('traces the call that registers a version through the other service to the database', async () => {
    const spans = await wholeTrace(receiver, calls.registered.traceId);
    expect(wayUp(spans, ({ name }) => name === 'find_logged_model')).toEqual([
      'tracking client find_logged_model',
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

  it('traces it through the broker to what another service does because of it', async () => {
    const spans = await wholeTrace(receiver, calls.registered.traceId);
    const handled = ({ service, name }: ReceivedSpan) => service === 'tracking' && name === 'tracking_inbox_insert';
    expect(wayUp(spans, handled)).toEqual([
      'tracking client tracking_inbox_insert',
      'tracking consumer process millrace.registry.events',
      'model-registry producer send millrace.registry.events',
      'model-registry server POST /api/2.0/mlflow/model-versions/create',
    ]);
  });

  it('traces it to the receiver of the webhook, which can go on with it', async () => {
    for (const { traceId } of [calls.registered, calls.promoted]) {
      const { traceparent } = await hook.delivery(traceId);
      const spans = await wholeTrace(receiver, traceId);
      const attempt = spans.find(({ name }) => name === 'POST webhook');
      expect(traceparent).toBe(`00-${traceId}-${attempt?.spanId}-01`);
      expect(attempt?.attributes['http.response.status_code']).toBe('200');
      expect(wayUp(spans, (span) => span === attempt)).toHaveLength(2);
    }
  });

  it('counts calls by operation and code, on a port that is not the public one', async () => {
    for (const { traceId } of [calls.registered, calls.promoted]) await wholeTrace(receiver, traceId);
    const { lines } = await exportedMetrics(services.metricsPorts);
    expect(lines).toContain(
      'millrace_request_duration_seconds_count{transport="http",operation="RunService/LogMetric",code="200"} 3',
    );
    expect(lines).toContainEqual(
      expect.stringContaining('{transport="grpc",operation="LoggedModelService/GetLoggedModel",code="OK"}'),
    );
    expect(lines).toContain('millrace_webhook_attempts_total{result="delivered"} 2');
    expect(lines).toContain('millrace_object_bytes_total{direction="in"} 5');
    expect((await fetch(`${services.url}/metrics`)).status).toBe(404);
  });

  it('has every metric that the alerts and dashboards of the chart ask for', async () => {
    const { names } = await exportedMetrics(services.metricsPorts);
    const asked = await shippedQueries();
    expect(asked.size).toBeGreaterThan(30);
    expect([...asked].filter((name) => !names.has(name))).toEqual([]);
  });

  it('is described, metric by metric', async () => {
    const { names } = await exportedMetrics(services.metricsPorts);
    const page = await readFile(new URL('../../docs/operations/telemetry.md', import.meta.url), 'utf8');
    const described = new Set([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => String(name)));
    expect([...names].sort()).toEqual([...described].filter((name) => !/^[A-Z]/.test(name)).sort());
  });

  it('has a runbook for every alert', async () => {
    const page = await readFile(new URL('../../docs/operations/runbooks.md', import.meta.url), 'utf8');
    const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => String(name));
    const alerts = await shippedAlerts();
    expect(sections.sort()).toEqual(alerts.map(({ name }) => name).sort());
    for (const { name, runbook } of alerts) expect(runbook).toBe(`docs/operations/runbooks.md#${name.toLowerCase()}`);
  });
});

/** Three calls, five bytes up and down again. */
async function moveBytesAndPoints(url: string): Promise<void> {
  const { run } = await call(url, 'runs/create', { experiment_id: '0' });
  const { run_id } = (run as { info: { run_id: string } }).info;
  for (const step of [1, 2, 3])
    await call(url, 'runs/log-metric', { run_id, key: 'loss', value: 1, timestamp: 1, step });
  const artifact = `${url}/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/five.txt`;
  expect((await fetch(artifact, { method: 'PUT', body: 'bytes' })).status).toBe(200);
  expect(await (await fetch(artifact)).text()).toBe('bytes');
}
