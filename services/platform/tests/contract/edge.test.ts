import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anonymousIdentity } from '@millrace/platform/contract/identity';
import { NotFoundError } from '@millrace/platform/errors';
import { contextOf } from '@millrace/platform/http/call-context';
import { otherVerbs } from '@millrace/platform/http/other-verbs';
import express from 'express';
import { type Sample, startSample } from './_sample-service.ts';

const ECHO = '/api/2.0/sample/echo';
const BLOCKED = { status: 403, text: 'Cross-origin request blocked' };
const REBOUND = { status: 403, text: 'Invalid Host header - possible DNS rebinding attack detected' };

const router = express
  .Router({ strict: true, caseSensitive: true })
  .get('/whoami', (_req, res) => {
    const { actor, workspace, requestId } = contextOf(res);
    res.json({ actor, workspace, requestId });
  })
  .get('/missing', () => {
    throw new NotFoundError('No such thing');
  })
  .get('/broken', async () => {
    throw new Error('secret');
  })
  .get('/cut-off', (_req, res) => {
    res.write('half of');
    throw new Error('secret');
  });
router
  .route('/stream')
  .get((_req, res) => void res.send('stream'))
  .all(otherVerbs('GET'));

describe('the edge', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample({
      router,
      allowedHosts: ['mlflow.example.com', '*.apps.example.com:*'],
      allowedOrigins: ['https://ui.example.com', 'https://*.review.example.com'],
      identify: anonymousIdentity({ ignoresWorkspace: (path) => path.includes('/items/') }),
    });
  });
  afterAll(() => sample?.lifecycle.close());

  it.each([
    ['POST', ECHO, 400],
    ['GET', '/whoami', 200],
    ['GET', '/nowhere', 404],
    ['PUT', ECHO, 405],
    ['GET', '/health', 200],
  ])('adds its headers to the answer of %s %s', async (verb, path, status) => {
    expect(await sample.rest(verb, path)).toMatchObject({
      status,
      headers: {
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      },
    });
  });

  it('keeps a request id it can trust to be harmless', async () => {
    const idFor = async (id: string) =>
      (await sample.rest('GET', '/whoami', { headers: { 'x-request-id': id } })).headers['x-request-id'];
    const answer = await sample.rest('GET', '/whoami', { headers: { 'x-request-id': 'Root=1-5e/a' } });
    expect(answer.json()).toEqual({ actor: 'anonymous', workspace: 'default', requestId: 'Root=1-5e/a' });
    expect(answer.headers['x-request-id']).toBe('Root=1-5e/a');
    expect(await idFor('with space')).not.toBe('with space');
    expect(await idFor('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    'localhost',
    'localhost:5000',
    'LOCALHOST',
    '127.0.0.1:1',
    '[::1]:5000',
    '[fd12::7]',
    '10.1.2.3',
    '172.31.0.1:80',
    '192.168.0.4',
    'mlflow.example.com',
    'mlflow.example.com:8443',
    'a.apps.example.com',
    'a.apps.example.com:8443',
  ])('serves the host %s', async (host) => {
    expect((await sample.rest('GET', '/whoami', { headers: { host } })).status).toBe(200);
  });

  it.each([
    'evil.example',
    '10.evil.example',
    '192.168.evil.example',
    'localhost.evil.example',
    'mlflow.example.com.evil.example',
    'mlflowXexample.com',
    '172.32.0.1',
    '8.8.8.8',
    '[2001:db8::1]',
  ])('refuses the host %s, except to say that it lives', async (host) => {
    expect(await sample.rest('GET', '/whoami', { headers: { host } })).toMatchObject(REBOUND);
    expect(await sample.rest('POST', ECHO, { body: {}, headers: { host } })).toMatchObject(REBOUND);
    expect(await sample.rest('GET', '/nowhere', { headers: { host } })).toMatchObject(REBOUND);
    for (const path of ['/health', '/livez', '/readyz', '/version'])
      expect(await sample.rest('GET', path, { headers: { host } })).toMatchObject({ status: 200 });
  });

  it.each([
    ['http://localhost:3000', undefined],
    ['https://127.0.0.1', undefined],
    ['http://[::1]:1', undefined],
    ['https://ui.example.com', undefined],
    ['https://pr-7.review.example.com', undefined],
    ['https://mlflow.example.com', 'mlflow.example.com'],
  ])('lets pages of %s write and read', async (origin, host = 'localhost') => {
    const answer = await sample.rest('POST', ECHO, { body: {}, headers: { origin, host } });
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': '*',
        vary: 'Origin',
      },
    });
  });

  it.each([
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'https://ui.example.com.evil.example',
    'http://localhost:3000.evil.example',
  ])('lets pages of %s read without seeing, and write nowhere', async (origin) => {
    const headers = { origin };
    const read = await sample.rest('GET', '/whoami', { headers });
    expect(read).toMatchObject({ status: 200, headers: { vary: 'Origin' } });
    expect(read.headers).not.toHaveProperty('access-control-allow-origin');
    for (const verb of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of [ECHO, `/${ECHO}`, '/stream', '/nowhere'])
        expect(await sample.rest(verb, path, { headers })).toMatchObject(BLOCKED);
  });

  it('answers preflights for the contract and for everything else', async () => {
    const ask = (origin: string, path: string) =>
      sample.rest('OPTIONS', path, {
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-mine',
        },
      });
    for (const path of [ECHO, '/stream', '/nowhere']) {
      expect(await ask('http://localhost:3000', path)).toMatchObject({
        status: 200,
        text: 'OK',
        headers: {
          'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS, PATCH',
          'access-control-allow-headers': 'content-type,x-mine',
          'access-control-max-age': '600',
        },
      });
      expect(await ask('https://evil.example', path)).toMatchObject({ status: 400 });
    }
  });

  it('knows no workspaces yet, except where they are ignored', async () => {
    const refused = { error_code: 'FEATURE_DISABLED', error_class: 'FEATURE_DISABLED' };
    const headers = { 'x-mlflow-workspace': 'team-a' };
    const answer = await sample.rest('POST', ECHO, { body: {}, headers });
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({
      ...refused,
      message: 'Workspace APIs are not available: workspaces are not enabled on this server',
    });
    expect((await sample.rest('GET', '/whoami', { headers })).json()).toMatchObject(refused);
    expect((await sample.rest('GET', '/api/2.0/sample/items/a', { headers })).status).toBe(200);
    expect((await sample.rest('GET', '/health', { headers })).status).toBe(200);
    expect((await sample.rest('GET', '/whoami', { headers: { 'x-mlflow-workspace': ' ' } })).status).toBe(200);
    expect(sample.logged).not.toContainEqual(expect.objectContaining({ code: 'FEATURE_DISABLED' }));
  });

  it('gives errors of Express routes the contract’s form', async () => {
    const missing = await sample.rest('GET', '/missing');
    expect(missing.status).toBe(404);
    expect(missing.json()).toMatchObject({ error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No such thing' });
    const broken = await sample.rest('GET', '/broken');
    expect(broken.status).toBe(500);
    expect(broken.json()).toMatchObject({ error_code: 'INTERNAL_ERROR', message: 'Internal error' });
    await expect(sample.rest('GET', '/cut-off')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await sample.rest('PUT', '/stream?a=b')).toMatchObject({
      status: 405,
      headers: { allow: 'HEAD, GET, OPTIONS' },
    });
    expect(await sample.rest('OPTIONS', '/stream')).toMatchObject({ status: 204 });
    const unknown = await sample.rest('GET', '/nowhere?a=b');
    expect(unknown.json()).toMatchObject({
      error_code: 'ENDPOINT_NOT_FOUND',
      message: expect.stringContaining('No endpoint GET /nowhere.') as unknown,
    });
    expect(unknown.headers).not.toHaveProperty('x-powered-by');
  });

  it('logs every request when asked to, without its query', async () => {
    const talkative = await startSample({ level: 'debug' });
    await talkative.rest('GET', '/health?secret=1', { headers: { 'x-request-id': 'r-1' } });
    await talkative.lifecycle.close();
    expect(talkative.logged).toMatchObject([
      { requestId: 'r-1', method: 'GET', path: '/health', status: 200, ms: expect.any(Number) as unknown },
    ]);
  });
});

describe('an edge that serves any host', () => {
  it('no longer takes a page’s own host for proof', async () => {
    const sample = await startSample({ allowedHosts: ['*'] });
    const host = 'evil.example';
    expect((await sample.rest('GET', '/health', { headers: { host } })).status).toBe(200);
    expect((await sample.rest('POST', ECHO, { body: {}, headers: { host } })).status).toBe(200);
    const headers = { host, origin: 'http://evil.example' };
    expect(await sample.rest('POST', ECHO, { body: {}, headers })).toMatchObject(BLOCKED);
    await sample.lifecycle.close();
  });
});
