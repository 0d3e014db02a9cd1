import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { anonymousIdentity } from '@millrace/platform/contract/identity';
import type { Need } from '@millrace/platform/contract/permissions';
import { PermissionDeniedError } from '@millrace/platform/errors';
import { startHttp } from '@millrace/platform/http/server';
import { serviceListener } from '@millrace/platform/http/service-listener';
import { Lifecycle } from '@millrace/platform/lifecycle';
import type { ObjectStore } from '@millrace/platform/object-store/object-store';
import { openObjectStore } from '@millrace/platform/object-store/open-object-store';
import { openPool } from '@millrace/platform/postgres';
import { Level } from '@millrace/proto/options/v1/options';
import express from 'express';
import { pino } from 'pino';
import { UploadSlots } from '../src/domain/upload-slots.ts';
import { ownedRouter } from '../src/owned-routes.ts';
import { artifactRouter } from '../src/routes.ts';

const NEVER_MIND = { downloadUrlSeconds: 1, partUrlSeconds: 1 };
const ROOTS = ['/api/2.0/mlflow-artifacts', '/ajax-api/2.0/mlflow-artifacts'];

describe('a caller who may do nothing', () => {
  const lifecycle = new Lifecycle();
  let folder: string;
  let store: ObjectStore;
  let root: string;
  let asked: Need[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-permissions-'));
    store = openObjectStore({ provider: 'folder', path: folder });
    await store.put('12/run/file', Readable.from([Buffer.from('kept')]));
    // nobody may get as far as the database: there is none
    const database = { url: 'postgres://127.0.0.1:1/none', size: 1, statementTimeoutMs: 1_000, name: 'none' };
    const pool = openPool(database, lifecycle, pino({ level: 'silent' }));
    const deps = {
      pool,
      store,
      transfers: { mode: 'proxy' as const, publicUrl: undefined, maxProxiedBytes: undefined, ...NEVER_MIND },
      slots: new UploadSlots({ slots: 1, maxWaiting: 1, waitMs: 1000 }),
      announce: async () => {},
      authorize(need: Need): never {
        asked.push(need);
        throw new PermissionDeniedError('Permission denied');
      },
    };
    const findRoot = async () => ({ experimentId: '12', path: '12/run' });
    const router = express.Router().use(artifactRouter(deps), ownedRouter({ ...deps, findRoot }));
    const [log, stopping] = [pino({ level: 'silent' }), lifecycle.stopping];
    const surfaces = [{ operations: [], router }];
    const listener = serviceListener({
      surfaces,
      identify: anonymousIdentity(),
      title: '',
      version: '1',
      stopping,
      log,
    });
    root = `http://127.0.0.1:${(await startHttp({ listener, host: '127.0.0.1', port: 0, lifecycle })).port}`;
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(async () => {
    await lifecycle.close();
    await rm(folder, { recursive: true });
  });

  const cases: [string, string, Level][] = [
    ['GET', '/artifacts?path=12/run', Level.READ],
    ['GET', '/artifacts/12/run/file', Level.READ],
    ['HEAD', '/artifacts/12/run/file', Level.READ],
    ['PUT', '/artifacts/12/run/file', Level.EDIT],
    ['DELETE', '/artifacts/12/run/file', Level.MANAGE],
    ['DELETE', '/artifacts/12', Level.MANAGE],
    ['DELETE', '/artifacts/12/', Level.MANAGE],
    ['POST', '/mpu/create/12/run', Level.EDIT],
    ['POST', '/mpu/complete/12/run', Level.EDIT],
    ['POST', '/mpu/abort/12/run', Level.EDIT],
    ['GET', '/presigned/12/run/file', Level.READ],
  ];

  it.each(cases)('is denied %s %s, on the experiment of the path', async (method, path, level) => {
    for (const prefix of ROOTS) {
      const answer = await fetch(root + prefix + path, { method, ...(method === 'PUT' && { body: 'evil' }) });
      expect(answer.status).toBe(403);
      expect(asked.pop()).toEqual({ type: 'resource', on: 'EXPERIMENT', level, via: undefined, id: '12' });
    }
    expect(await store.stat('12/run/file')).toMatchObject({ totalBytes: 4 });
  });

  it.each([
    ['GET', '/get-artifact?run_id=r&path=file', Level.READ],
    ['HEAD', '/get-artifact?run_id=r&path=file', Level.READ],
    ['GET', '/ajax-api/2.0/mlflow/logged-models/m-1/artifacts/files?artifact_file_path=file', Level.READ],
    ['POST', '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=r&path=file', Level.EDIT],
  ])('is denied %s %s, on the experiment of the run or model', async (method, path, level) => {
    const answer = await fetch(root + path, { method, ...(method === 'POST' && { body: 'evil' }) });
    expect(answer.status).toBe(403);
    expect(asked).toEqual([{ type: 'resource', on: 'EXPERIMENT', level, via: undefined, id: '12' }]);
    expect(await store.stat('12/run/file')).toMatchObject({ totalBytes: 4 });
  });

  it.each([
    ['GET', '/artifacts', Level.READ],
    ['GET', '/artifacts?path=', Level.READ],
    ['PUT', '/artifacts/models/x', Level.EDIT],
    ['PUT', '/artifacts/12x/y', Level.EDIT],
  ])('is denied %s %s, which is of no experiment, on the workspace', async (method, path, level) => {
    const answer = await fetch(root + ROOTS[0] + path, { method, ...(method === 'PUT' && { body: 'evil' }) });
    expect(answer.status).toBe(403);
    expect(asked).toEqual([{ type: 'place', on: 'WORKSPACE', level }]);
  });

  it('is denied before a body is asked for', async () => {
    for (const path of ['12/run/file', '12/..%2f13/file']) {
      const headers = { expect: '100-continue', 'content-length': 4 };
      const sending = request(`${root}${ROOTS[0]}/artifacts/${path}`, { method: 'PUT', headers });
      let isAskedFor = false;
      sending.once('continue', () => (isAskedFor = true)).flushHeaders();
      const [answer] = (await once(sending, 'response')) as [IncomingMessage];
      expect([answer.statusCode, isAskedFor, answer.headers.connection]).toEqual([
        path.includes('..') ? 400 : 403,
        false,
        'close',
      ]);
      sending.destroy();
    }
  });

  it('is asked about the path that would be served, not about how it is written', async () => {
    await fetch(`${root}${ROOTS[0]}/artifacts/%31%32//run/file`);
    await fetch(`${root}${ROOTS[0]}/artifacts?path=12%2Frun&path=13`);
    expect(asked).toMatchObject([{ id: '12' }, { id: '12' }]);
  });
});
