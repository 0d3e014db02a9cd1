import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import type { Context } from '@millrace/platform/contract/context';
import { openApi } from '@millrace/platform/contract/openapi';
import { type Handlers, implement, operations } from '@millrace/platform/contract/operation';
import { type Authorize, type Need, openAccess } from '@millrace/platform/contract/permissions';
import { routeFinder, routes } from '@millrace/platform/contract/route-table';
import { CarelessService, EverythingSchema, SampleService } from '@millrace/proto/test/sample/v1/sample';
import { echo } from './_sample-service.ts';

const sample = implement(SampleService, echo);
const context: Context = {
  actor: 'ada',
  workspace: 'default',
  requestId: '1',
  readable: undefined,
  signal: AbortSignal.timeout(1000),
};

describe('a contract', () => {
  it('does not start while an rpc lacks a permission, a resource to check it on, or a handler', () => {
    const noHandlers = { service: SampleService, handlers: {} };
    const careless = implement(CarelessService, {
      forgotten: echo.guarded,
      halfhearted: echo.guarded,
      misnamed: echo.guarded,
      unbound: echo.guarded,
    });
    expect(() => operations([noHandlers, careless], openAccess)).toThrow(
      [
        'Cannot serve the contract:',
        'sample.v1.SampleService.Guarded has no handler',
        'sample.v1.SampleService.Echo has no handler',
        'sample.v1.SampleService.Costly has no handler',
        'sample.v1.SampleService.FindItem has no handler',
        'sample.v1.CarelessService.Forgotten declares no permission',
        `sample.v1.CarelessService.Misnamed takes its permission from 'nowhere', which its request lacks`,
        `sample.v1.CarelessService.Halfhearted says 'open: false'`,
        'sample.v1.CarelessService.Unbound needs an id_from to say which EXPERIMENT',
      ].join('\n  '),
    );
  });

  it('needs a handler for every rpc to compile', () => {
    // @ts-expect-error: every handler is missing
    const incomplete: Handlers<typeof SampleService> = {};
    expect(incomplete).toEqual({});
  });

  it('hands a filter’s readable set to the handler', async () => {
    const needs: Need[] = [];
    const readable = (id: string) => id === '1';
    const authorize: Authorize = (need) => {
      needs.push(need);
      return readable;
    };
    const answer = async (given: Context) => ({ flag: given.readable === readable });
    const spy = implement(SampleService, { ...echo, guarded: (_request, given) => answer(given) });
    const [guarded] = operations([spy], authorize);
    expect(await guarded?.call(create(EverythingSchema), context)).toEqual({ flag: true });
    expect(needs).toEqual([{ type: 'filter', on: 'EXPERIMENT', level: 1 }]);
  });

  it('is routed by verb, version and prefix, and not otherwise', () => {
    const { find, verbs } = routeFinder(routes(operations([sample], openAccess)));
    const known = [
      'GET /api/2.0/sample/guarded',
      'GET /ajax-api/2.0/sample/guarded',
      'POST /ajax-api/3.0/sample/guarded',
    ];
    const unknown = [
      'POST /api/3.0/sample/guarded',
      'GET /api/3.0/sample/guarded',
      'GET /api/2.0/sample/guarded/',
      'get /api/2.0/sample/guarded',
    ];
    const found = (request: string) => find(...(request.split(' ') as [string, string])) !== undefined;
    expect(known.map(found)).toEqual([true, true, true]);
    expect(unknown.map(found)).toEqual([false, false, false, false]);
    expect(verbs('/api/2.0/sample/guarded')).toEqual(['GET']);
    expect(verbs('/api/2.0/sample/items/1')).toEqual(['GET', 'PATCH', 'DELETE']);
    expect(verbs('/api/2.0/sample/items/')).toEqual([]);
  });

  it('is not routed when two rpcs claim one path, whatever they call its parts', () => {
    const [item] = routes(operations([sample], openAccess)).filter(({ path }) => path.includes('{id}'));
    if (!item) throw new Error('the sample has a path with a part to fill');
    const twin = { ...item, path: item.path.replace('{id}', '{name}') };
    expect(() => routeFinder([item, twin])).toThrow(`Two rpcs claim ${twin.verb} ${twin.path}`);
  });

  it('is described in OpenAPI', () => {
    const document = openApi('Sample', '1', routes(operations([sample], openAccess)));
    expect(document).toMatchObject({
      openapi: '3.1.0',
      paths: { '/api/2.0/sample/guarded': { get: { operationId: 'Guarded', tags: ['SampleService'] } } },
      components: {
        schemas: {
          'sample.v1.Everything': {
            properties: {
              inner: { $ref: '#/components/schemas/sample.v1.Everything' },
              big: { type: 'integer', format: 'int64' },
              few: { type: 'array', items: { type: 'string' }, maxItems: 3 },
            },
          },
          'sample.v1.Item': { required: ['id', 'value'] },
        },
      },
    });
  });
});
