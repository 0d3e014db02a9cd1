import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Aim, type Reply, startTarget, type Target } from './_bad-input.ts';
import {
  BAD,
  BAD_BODIES,
  BAD_IN_PATH,
  BAD_IN_QUERY,
  BAD_TYPES,
  EXTREME,
  HOSTILE,
  manyKeys,
  write,
} from './_bad-values.ts';
import type { Json } from './_fields.ts';
import type { Ids } from './_valid-requests.ts';

const TIMEOUT_MS = 120_000;
const TOO_LONG = /^Request body must be at most \d+ bytes$/;
/** What needs something deleted, or artifacts that lie where clients reach them without this server. */
const OTHER_STATE = /experiments\/restore$|presigned-(up|down)load-url$/;

describe('bad input', () => {
  let target: Target;
  let ids: Ids;
  beforeAll(async () => {
    target = await startTarget();
    ids = await target.fresh();
  }, TIMEOUT_MS);
  afterAll(async () => {
    await target?.close();
  });

  /** What is sent may change nothing, and afterwards the service is as it was. */
  const expectNothingStored = async (work: () => Promise<readonly string[]>) => {
    const before = await target.countRows();
    expect(await work()).toEqual([]);
    expect(await target.countRows()).toEqual(before);
    expect((await target.send('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', {})).status).toBe(200);
  };

  it('is told from good: every endpoint accepts the request that the others are made from', async () => {
    const refused: string[] = [];
    for (const route of target.table) {
      const { status, text } = await target.sendValid(route);
      if (status !== 200 && !OTHER_STATE.test(route.path)) refused.push(`${route.path}: ${text}`);
    }
    expect(refused).toEqual([]);
  });

  it('of a wrong type is refused by name in every field of every body', async () => {
    await expectNothingStored(async () => {
      const wrong: string[] = [];
      for (const { route, place } of target.inBodies()) {
        const tooMany = place.maxItems === undefined ? [] : [Array<null>(place.maxItems + 1).fill(null)];
        const missing = place.required ? [null] : [];
        for (const value of [...BAD[place.kind], ...tooMany, ...missing]) {
          const reply = await target.sendJson(route, place.put(target.valid(route, ids), value));
          if (!isRefused(reply) || !reply.message.includes(`'${place.path}'`))
            wrong.push(told({ route, place }, value, reply));
        }
      }
      return wrong;
    });
  }, 120_000);

  it('of a wrong type is refused by name in every field of every query string', async () => {
    const wrong: string[] = [];
    for (const { route, place } of target.inQueries()) {
      for (const value of BAD_IN_QUERY[place.kind] ?? []) {
        const reply = await target.sendQuery(route, place.put(target.valid(route, ids), value));
        const named = reply.message.includes(`'${place.path}'`) || reply.message.includes(value);
        if (!isRefused(reply) || !named) wrong.push(told({ route, place }, value, reply));
      }
    }
    expect(wrong).toEqual([]);
  });

  it('in a path is refused, and leads nowhere else', async () => {
    await expectNothingStored(async () => {
      const wrong: string[] = [];
      for (const route of target.table.filter(({ path }) => path.includes('{'))) {
        for (const value of BAD_IN_PATH) {
          const path = route.path.replaceAll(/\{\w+\}/g, value);
          const body = write(target.valid(route, ids));
          const init = route.verb === 'GET' ? {} : { body, headers: { 'content-type': 'application/json' } };
          const reply = await target.send(route.verb, path, init);
          if (reply.status !== 431 && (![400, 404].includes(reply.status) || reply.code === ''))
            wrong.push(`${path}: ${reply.text}`);
        }
      }
      return wrong;
    });
  });

  it('instead of a JSON object is refused, or stands for an empty one as in MLflow', async () => {
    await expectNothingStored(async () => {
      const wrong: string[] = [];
      for (const route of target.needingABody()) {
        const empty = await target.sendBody(route, target.valid(route, ids), '{}');
        for (const [what, body] of Object.entries(BAD_BODIES)) {
          const reply = await target.sendBody(route, target.valid(route, ids), body);
          if (!isRefused(reply) && reply.text !== empty.text) wrong.push(`${route.path} ${what}: ${reply.text}`);
        }
      }
      return wrong;
    });
  }, 120_000);

  it('under another content type or encoding is refused', async () => {
    await expectNothingStored(async () => {
      const wrong: string[] = [];
      for (const route of target.table.filter(({ verb }) => verb === 'POST')) {
        const request = target.valid(route, ids);
        for (const type of BAD_TYPES) {
          const reply = await target.sendBody(route, request, write(request), { 'content-type': type });
          if (!isRefused(reply) || !/Content-Type/.test(reply.message))
            wrong.push(`${route.path} ${type}: ${reply.text}`);
        }
        const zipped = await target.sendBody(route, request, gzipSync(write(request)), { 'content-encoding': 'gzip' });
        if (!isRefused(zipped)) wrong.push(`${route.path} gzip: ${zipped.text}`);
      }
      return wrong;
    });
  });

  it.each([
    ['100 MB, declared', () => Buffer.alloc(100_000_000, ' '), TOO_LONG],
    ['100 MB, in chunks of which nobody said how many', () => Readable.toWeb(Readable.from(spaces(100))), TOO_LONG],
    ['a million fields', () => manyKeys(1_000_000), TOO_LONG],
    ['half a million fields that nobody knows', () => manyKeys(500_000), /parameter 'run_id'/],
  ])('of %s is refused', async (_what, body, expected) => {
    await expectNothingStored(async () => {
      const request = { method: 'POST', body: body() as NonNullable<RequestInit['body']>, duplex: 'half' as const };
      const headers = { 'content-type': 'application/json' };
      const reply = await target.send('POST', '/api/2.0/mlflow/runs/log-batch', { ...request, headers });
      return isRefused(reply) && expected.test(reply.message) ? [] : [reply.text];
    });
  });

  it(
    'that only goes too far in a number is refused by name or kept, in every number of every body',
    async () => {
      const wrong: string[] = [];
      for (const { route, place } of target.inBodies()) {
        const own = await target.fresh();
        const usual = await target.sendJson(route, target.valid(route, own));
        for (const value of EXTREME[place.kind] ?? []) {
          const reply = await target.sendJson(route, place.put(target.valid(route, own), value));
          if (reply.text !== usual.text && !isAcceptedOrNamed({ route, place }, value, reply))
            wrong.push(told({ route, place }, value, reply));
        }
      }
      expect(wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'that is hostile text is refused by name or kept, in every text of every body',
    async () => {
      const wrong: string[] = [];
      for (const { route, place } of target.inBodies().filter(({ place: { kind } }) => kind === 'text')) {
        const own = await target.fresh();
        const usual = await target.sendJson(route, target.valid(route, own));
        for (const value of HOSTILE) {
          const reply = await target.sendJson(route, place.put(target.valid(route, own), value));
          if (reply.text !== usual.text && !isAcceptedOrNamed({ route, place }, value, reply))
            wrong.push(told({ route, place }, value, reply));
        }
      }
      expect(wrong).toEqual([]);
      expect((await target.send('GET', `/api/2.0/mlflow/runs/get?run_id=${ids.run}`, {})).status).toBe(200);
    },
    TIMEOUT_MS,
  );
});

const isRefused = ({ status, code }: Reply) => status === 400 && code === 'INVALID_PARAMETER_VALUE';

/** A refusal speaks of the field or shows the beginning of its value. */
function isAcceptedOrNamed({ place }: Aim, value: Json, { status, code, message }: Reply): boolean {
  if (status === 200) return true;
  const [field = ''] = /\w+(?=(\[0\])?$)/.exec(place.path) ?? [];
  const words = field.split('_').filter((word) => word !== 'id');
  const spoken = field === 'key' ? ['key', 'name'] : words; // a metric's key is a name to MLflow
  const shown = [String(value).slice(0, 20), JSON.stringify(value).slice(1, 20)];
  return [400, 404].includes(status) && code !== '' && [...spoken, ...shown].some((text) => message.includes(text));
}

function told({ route, place }: Aim, value: Json, { status, text }: Reply): string {
  return `${route.verb} ${route.path} ${place.path} = ${write(value).slice(0, 60)}: ${status} ${text.slice(0, 200)}`;
}

function* spaces(megabytes: number): Generator<Buffer> {
  for (let i = 0; i < megabytes; i++) yield Buffer.alloc(1_000_000, ' ');
}
