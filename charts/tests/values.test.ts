import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chart, template } from '../testing/helm.ts';

const minimal = join(chart, 'ci/minimal-values.yaml');
const production = join(chart, 'ci/production-values.yaml');

const refused = (set: readonly string[], message: RegExp, values = [minimal]) =>
  assert.rejects(template({ values, set }), message, set.join(' '));

describe('values that the schema does not know', () => {
  const unknown = [
    'surprise',
    'database.hots',
    'database.url.name',
    'common.replica',
    'tracking.replica',
    'ingress.host',
  ];
  const deep = [
    'artifacts.s3.buckets',
    'common.autoscaling.max',
    'modelRegistry.webhooks.scheme',
    'networkPolicy.egress.dns.from',
  ];
  for (const path of [
    ...unknown,
    ...deep,
    'metrics.serviceMonitor.on',
    'gateway.http.rules',
    'dev.mysql',
    'migrations.image.tag',
  ]) {
    it(`${path} is refused`, () => refused([`${path}=x`], /additional properties .* not allowed/));
  }

  const wrong: readonly [string, RegExp][] = [
    ['auth.mode=none', /auth\/mode/],
    ['database.port=70000', /database\/port/],
    ['database.sslMode=maybe', /sslMode/],
    ['database.name=a/b', /database\/name/],
    ['artifacts.transferMode=direct', /transferMode/],
    ['artifacts.s3.endpoint=objects.example.com', /endpoint/],
    ['common.logLevel=verbose', /logLevel/],
    ['common.replicas=-1', /replicas/],
    ['common.replicas=two', /replicas/],
    ['common.pdb.maxUnavailable=0', /maxUnavailable/],
    ['common.heapPercent=120', /heapPercent/],
    ['tracking.image.digest=sha256:abc', /digest/],
    ['migrations.mode=initContainer', /migrations\/mode/],
    ['modelRegistry.webhooks.allowedCidrs[0]=ten', /allowedCidrs/],
    ['metrics.serviceMonitor.interval=often', /interval/],
    ['telemetry.env.NODE_OPTIONS=x', /NODE_OPTIONS/],
  ];
  for (const [set, message] of wrong) it(`${set} is refused`, () => refused([set], message));
});

describe('values that do not go together', () => {
  it('nothing given: everything that is missing is named at once', async () => {
    for (const message of [/auth\.mode/, /database: there is none/, /artifacts: they have no home/])
      await refused([], message, []);
  });

  const wrong: readonly [string, readonly string[], RegExp][] = [
    ['no database', ['database.url.existingSecret='], /database: there is none/],
    ['two databases', ['database.host=db', 'database.password.existingSecret=db'], /one of database\.url/],
    [
      'a host without a password',
      ['database.url.existingSecret=', 'database.host=db'],
      /password\.existingSecret: missing/,
    ],
    ['no home for artifacts', ['artifacts.s3.bucket='], /no home/],
    ['two homes', ['artifacts.folder.existingClaim=a'], /one of artifacts/],
    [
      'clients sent to a folder',
      ['artifacts.s3.bucket=', 'artifacts.folder.existingClaim=a', 'artifacts.transferMode=presigned'],
      /must be proxy/,
    ],
    ['a key without its algorithm', ['artifacts.s3.sseKmsKeyId=k'], /is not aws:kms/],
    ['a Kafka user without a password', ['events.kafka.sasl.username=u'], /sasl\.password\.existingSecret: missing/],
    ['a broker without a port', ['events.kafka.brokers[0]=kafka'], /kafka is not host:port/],
    ['dev parts without a password', ['dev.kafka.enabled=true'], /dev\.password: missing/],
    [
      'a migration before its database is there',
      ['database.url.existingSecret=', 'dev.postgres.enabled=true', 'dev.password=p'],
      /migrations\.mode: must be job/,
    ],
    ['two authorities', ['trustedCa.existingSecret=a', 'trustedCa.existingConfigMap=b'], /trustedCa: one of/],
    ['an Ingress for no host', ['ingress.enabled=true'], /ingress\.hosts: empty/],
    ['routes of no Gateway', ['gateway.http.enabled=true', 'gateway.hostnames[0]=a.example'], /parentRefs: empty/],
    ['routes for no host', ['gateway.grpc.enabled=true', 'gateway.parentRefs[0].name=g'], /hostnames: empty/],
    [
      'two monitors',
      ['metrics.serviceMonitor.enabled=true', 'metrics.podMonitor.enabled=true'],
      /one of serviceMonitor/,
    ],
    ['a monitor of nothing', ['metrics.enabled=false', 'metrics.podMonitor.enabled=true'], /nothing to monitor/],
    [
      'two scalers',
      ['tracking.autoscaling.enabled=true', 'tracking.keda.enabled=true', 'events.kafka.brokers[0]=k:9092'],
      /tracking: one of autoscaling and keda/,
    ],
    ['lag without Kafka', ['tracking.keda.enabled=true'], /events\.kafka\.brokers is empty/],
    ['more pods at least than at most', ['tracking.autoscaling.minReplicas=9'], /minReplicas is more than/],
    [
      'a scaler that looks at nothing',
      ['common.autoscaling.enabled=true', 'common.autoscaling.targetCpu=0'],
      /anything to look at/,
    ],
    ['no time to stop', ['tracking.terminationGracePeriodSeconds=24'], /20 more/],
    ['an account without a name', ['tracking.serviceAccount.create=false'], /serviceAccount\.name: missing/],
  ];
  for (const [what, set, message] of wrong) it(what, () => refused(set, message));

  it('a namespace of values that Helm adds to sub-charts is allowed', async () => {
    await template({ values: [production], set: ['global.imageRegistry=x'] });
  });
});
