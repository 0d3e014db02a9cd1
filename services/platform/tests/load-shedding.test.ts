import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SampleService } from '@millrace/proto/test/sample/v1/sample';
import { pino } from 'pino';
import { parseEnv, serviceConfig, serviceEnv } from '../src/config.ts';
import { implement, operations } from '../src/contract/operation.ts';
import { openAccess } from '../src/contract/permissions.ts';
import { Lifecycle } from '../src/lifecycle.ts';
import { serveSurface } from '../src/serve-surface.ts';
import { echo, send } from './contract/_sample-service.ts';

describe('a server that has too much to do', () => {
  let lifecycle: Lifecycle;
  let port: number;
  let costly = async () => {};
  beforeEach(async () => {
    lifecycle = new Lifecycle();
    const env = {
      AUTH_MODE: 'anonymous',
      DATABASE_URL: 'postgres://unused',
      HTTP_PORT: '0',
      GRPC_PORT: '0',
      MAX_SEARCHES: '2',
    };
    const handlers = {
      ...echo,
      async costly() {
        await costly();
        return {};
      },
    };
    const rpcs = operations([implement(SampleService, handlers)], openAccess);
    const config = serviceConfig(parseEnv(serviceEnv, env));
    const served = { title: 'Sample', surface: { operations: rpcs }, checks: {} };
    port = (await serveSurface(served, config, lifecycle, pino({ level: 'silent' }))).httpPort ?? 0;
  });
  afterEach(() => lifecycle.close());

  const post = (path: string) => send(port, 'POST', `/api/2.0/sample/${path}`, { body: { text: 'x' } });
  const isRefusal = { status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-3]$/) } };

  it('lets few searches run, has some wait, refuses others, and answers all else meanwhile', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let [running, most] = [0, 0];
    costly = async () => {
      most = Math.max(most, ++running);
      await released;
      running--;
    };
    const searches = Array.from({ length: 300 }, () => post('costly'));
    expect(await Promise.race(searches)).toMatchObject(isRefusal);
    expect((await post('echo')).status).toBe(200);
    expect((await send(port, 'GET', '/livez')).status).toBe(200);
    release();
    const statuses = (await Promise.all(searches)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(most).toBeLessThanOrEqual(2);
    expect((await post('costly')).status).toBe(200);
  });

  it('refuses a search whose turn does not come', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    costly = () => released;
    const running = [post('costly'), post('costly')];
    expect(await Promise.race([...running, post('costly')])).toMatchObject(isRefusal);
    release();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('refuses searches before writes while its event loop is behind, and takes them again after', async () => {
    costly = async () => {};
    const spinning = spin(650);
    let refused = await post('costly');
    while (refused.status === 200) refused = await post('costly');
    expect(refused).toMatchObject(isRefusal);
    expect((await post('echo')).status).toBe(200);
    await spinning.stop();
    let taken = await post('costly');
    while (taken.status !== 200) taken = await post('costly');
    expect(taken.status).toBe(200);
  });
});

/** Every turn of the event loop takes so long, until it is stopped. */
function spin(ms: number) {
  let goesOn = true;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const turn = () => {
    for (const end = performance.now() + ms; performance.now() < end; );
    if (goesOn) setImmediate(turn);
    else resolve();
  };
  setImmediate(turn);
  return {
    stop() {
      goesOn = false;
      return stopped;
    },
  };
}
