import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startArtifactProxy } from '@millrace/artifact-proxy';
import { loadConfig as artifactProxyConfig } from '@millrace/artifact-proxy/config';
import { startModelRegistry } from '@millrace/model-registry';
import { loadConfig as modelRegistryConfig } from '@millrace/model-registry/config';
import type { Finding } from '@millrace/platform/doctor/finding';
import { startEmbeddedPostgres } from '@millrace/platform/embedded-postgres';
import { Lifecycle } from '@millrace/platform/lifecycle';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { kafkaBrokers } from '@millrace/platform/testing/kafka';
import { s3Settings } from '@millrace/platform/testing/s3';
import { startTracking } from '@millrace/tracking';
import { loadConfig as trackingConfig } from '@millrace/tracking/config';
import pg from 'pg';
import { pino } from 'pino';
import { freePort } from '../src/free-port.ts';
import { millrace, runProgram } from './_millrace.ts';

type Report = {
  readonly healthy: boolean;
  readonly services: readonly { readonly service: string; readonly findings: readonly Finding[] }[];
};

describeWith('kafka', 'millrace doctor', () => {
  describeWith('s3', 'on real parts', () => {
    const lifecycle = new Lifecycle();
    const log = pino({ level: 'silent' });
    let database: { readonly url: string };
    let env: Record<string, string>;

    beforeAll(async () => {
      // a server with the settings of production, which the one that tests share does not have
      const dataDir = await mkdtemp(join(tmpdir(), 'millrace-doctor-'));
      lifecycle.onClose('folder', () => rm(dataDir, { recursive: true, force: true }));
      const postgres = await startEmbeddedPostgres({ dataDir, log });
      lifecycle.onClose('postgres', () => postgres.stop());
      database = postgres;
      const [tracking, artifacts, registry] = await Promise.all([1, 2, 3].map(() => freePort('127.0.0.1')));
      const s3 = await s3Settings();
      env = {
        AUTH_MODE: 'anonymous',
        HTTP_PORT: '0',
        DATABASE_URL: database.url,
        KAFKA_BROKERS: kafkaBrokers().join(','),
        KAFKA_TOPIC_PREFIX: `doctor-${randomUUID()}.`,
        S3_ENDPOINT: s3.endpoint,
        S3_BUCKET: s3.bucket,
        S3_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        S3_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
        ARTIFACT_TRANSFER_MODE: 'presigned',
        TRACKING_GRPC: `127.0.0.1:${tracking}`,
        ARTIFACT_PROXY_GRPC: `127.0.0.1:${artifacts}`,
        MODEL_REGISTRY_GRPC: `127.0.0.1:${registry}`,
      };
      const on = (port: number | undefined) => ({ ...env, GRPC_PORT: String(port) });
      for (const service of [
        await startArtifactProxy(artifactProxyConfig(on(artifacts)), log),
        await startTracking(trackingConfig(on(tracking)), log),
        await startModelRegistry(modelRegistryConfig(on(registry)), log),
      ])
        lifecycle.onClose('service', () => service.lifecycle.close());
    }, 60_000);
    afterAll(() => lifecycle.close());

    const examine = async (more: Record<string, string> = {}) => {
      const { code, out } = await millrace(['doctor', '--json'], { ...env, ...more });
      const { healthy, services } = JSON.parse(out) as Report;
      const found = services.flatMap(({ service, findings }) => findings.map((finding) => ({ service, ...finding })));
      const bad = found.filter(({ status }) => status === 'failed');
      return {
        code,
        healthy,
        found,
        bad: bad.map(({ service, part }) => `${service}: ${part}`),
        shown: JSON.stringify(bad),
      };
    };
    const query = async (text: string) => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      await client.query(text).finally(() => client.end());
    };

    it('finds nothing wrong where everything works', async () => {
      const { code, healthy, bad, found } = await examine();
      expect({ code, healthy, bad }).toEqual({ code: 0, healthy: true, bad: [] });
      const good = found.filter(({ status }) => status === 'ok').map(({ part }) => part);
      for (const part of ['database', 'schema', 'kafka', 'object store', 'presigned addresses', 'tracking', 'outbox'])
        expect(good).toContain(part);
      for (const part of ['clock of the database', 'clock of the object store']) expect(good).toContain(part);
    });

    it('says what to do about each part that is not reached', async () => {
      const { code, bad, shown } = await examine({
        KAFKA_BROKERS: '127.0.0.1:1',
        S3_SECRET_ACCESS_KEY: 'not-the-one',
        TRACKING_GRPC: '127.0.0.1:1',
      });
      expect(code).toBe(1);
      expect(bad.sort()).toEqual([
        'artifact-proxy: kafka',
        'artifact-proxy: object store',
        'artifact-proxy: tracking',
        'model-registry: kafka',
        'model-registry: tracking',
        'tracking: kafka',
      ]);
      for (const word of ['KAFKA_BROKERS', 'credentials are wrong', 'TRACKING_GRPC']) expect(shown).toContain(word);
    });

    it('names the variables of a service that could not start', async () => {
      const { code, bad, shown } = await examine({ S3_BUCKET: '', LOG_LEVEL: 'loud' });
      expect({ code, bad }).toEqual({
        code: 1,
        bad: ['tracking: settings', 'artifact-proxy: settings', 'model-registry: settings'],
      });
      expect(shown).toContain('LOG_LEVEL');
    });

    it('finds a database that would lose acknowledged writes', async () => {
      await query('alter database millrace set synchronous_commit = off');
      const { code, shown } = await examine();
      expect([code, shown]).toEqual([1, expect.stringContaining('synchronous_commit is off')]);
      await query('alter database millrace reset synchronous_commit');
    });

    it('finds topics that cannot be made', async () => {
      const more = { KAFKA_TOPIC_PREFIX: `doctor-${randomUUID()}.`, KAFKA_TOPIC_REPLICATION: '99' };
      const { bad, shown } = await examine(more);
      expect(new Set(bad)).toEqual(
        new Set(['tracking: kafka topic', 'artifact-proxy: kafka topic', 'model-registry: kafka topic']),
      );
      expect(shown).toContain('KAFKA_TOPIC_REPLICATION');
    });

    it('finds events that wait too long or were given up, and tables that a version lacks', async () => {
      const columns = 'id, event_id, type, key, subject, workspace_id, data, occurred_at';
      const event = `gen_random_uuid(), 'x', 'k', 's', 'default', '{}', now() - interval '1 hour'`;
      await query(`insert into tracking.outbox_dead (${columns}, attempts) values (1, ${event}, 5)`);
      await query(`delete from registry.migrations where name = '0003_stage_ledger'`);
      await query(`insert into artifacts.migrations (name, run_on) values ('0099_contract_0098_less', now())`);
      const { bad, shown } = await examine();
      expect(bad).toEqual(['tracking: outbox', 'artifact-proxy: schema', 'model-registry: schema']);
      for (const word of [
        '/api/1.0/outboxes/tracking/dead',
        '0003_stage_ledger',
        'millrace migrate',
        '0099_contract_0098_less',
      ])
        expect(shown).toContain(word);
      await query(`delete from tracking.outbox_dead`);
      await query(`insert into registry.migrations (name, run_on) values ('0003_stage_ledger', now())`);
      await query(`delete from artifacts.migrations where name = '0099_contract_0098_less'`);
    });

    it('finds a role without the rights it needs, and can be asked by one service alone', async () => {
      const role = `doctor_${randomUUID().replaceAll('-', '')}`;
      await query(`create role ${role} login password 'x'; grant usage on schema tracking to ${role};
        grant select on all tables in schema tracking to ${role}`);
      const url = new URL(database.url);
      [url.username, url.password] = [role, 'x'];
      const answer = await runProgram('tracking/src/doctor.ts', [], {
        ...env,
        DATABASE_URL: url.href,
        DATABASE_MIGRATE: 'false',
      });
      expect(answer).toMatchObject({
        code: 1,
        out: expect.stringMatching(/FAILED.*rights.*may not read and write.*tracking\.run/),
      });
      expect(answer.out).toContain(
        `grant select, insert, update, delete on all tables in schema tracking to "${role}"`,
      );
      await query(`drop owned by ${role}; drop role ${role}`);
    });
  });
});
