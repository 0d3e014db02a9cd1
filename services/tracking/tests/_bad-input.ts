import { type Route, routes } from '@millrace/platform/contract/route-table';
import pg from 'pg';
import { startFakeArtifactProxy } from './_artifact-proxy.ts';
import { write } from './_bad-values.ts';
import { type JsonObject, type Place, placesOf } from './_fields.ts';
import { startService } from './_service.ts';
import { type Ids, newIds, validRequest } from './_valid-requests.ts';

export type Reply = { readonly status: number; readonly code: string; readonly message: string; readonly text: string };
export type Aim = { readonly route: Route; readonly place: Place };
export type Target = Awaited<ReturnType<typeof startTarget>>;

/** The service with everything that throwing bad input at it takes. */
export async function startTarget() {
  const proxy = await startFakeArtifactProxy();
  const service = await startService({ ARTIFACT_PROXY_GRPC: proxy.address });
  const db = new pg.Client({ connectionString: service.databaseUrl });
  await db.connect();
  const table = distinct(routes(service.surface.operations));
  const fresh = () => newIds(service);

  const send = async (verb: string, path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(`${service.root}${path}`, { method: verb, ...init });
    const text = await response.text();
    const { error_code: code = '', message = '' } = (text ? JSON.parse(text) : {}) as Record<string, string>;
    return { status: response.status, code, message, text };
  };
  const sendBody = (
    route: Route,
    request: JsonObject,
    body: NonNullable<RequestInit['body']>,
    headers: Record<string, string> = {},
  ) =>
    send(route.verb, filled(route.path, request), {
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const sendJson = (route: Route, request: JsonObject) => sendBody(route, request, write(request));
  const sendQuery = (route: Route, request: JsonObject) =>
    send(route.verb, `${filled(route.path, request)}?${toQuery(request)}`, {});

  return {
    ...service,
    table,
    fresh,
    send,
    sendBody,
    sendJson,
    sendQuery,
    valid: (route: Route, ids: Ids) => validRequest(route.operation.method.input, ids),
    /** In the form that the endpoint takes. */
    sendValid: async (route: Route) => {
      const request = validRequest(route.operation.method.input, await fresh());
      return route.verb === 'GET' ? sendQuery(route, request) : sendJson(route, request);
    },
    /** What cannot do anything without a body. */
    needingABody: () =>
      distinctRoutes(aims(table.filter(({ verb }) => verb !== 'GET')).filter(({ place }) => place.required)),
    /** Every field of every body. */
    inBodies: () => aims(table.filter(({ verb }) => verb !== 'GET')),
    /** Every field of every query string. */
    inQueries: () => aims(table.filter(({ verb }) => verb === 'GET')).filter(({ place }) => !place.path.includes('[')),
    /** How many rows each table holds, once no event is on its way from one to another. */
    countRows: () => countRows(db),
    async close() {
      await db.end();
      await service.close();
      await proxy.close();
    },
  };
}

/** Both prefixes lead to the same route: one stands for both. */
function distinct(table: readonly Route[]): Route[] {
  const byRoute = new Map(table.map((route) => [`${route.verb} ${route.path.replace(/^\/(ajax-)?api/, '')}`, route]));
  return [...byRoute.values()];
}

/** What is in the path, the rest of a request does not say. */
function aims(table: readonly Route[]): Aim[] {
  return table.flatMap((route) =>
    placesOf(route.operation.method.input)
      .filter(({ path }) => !route.path.includes(`{${path}}`))
      .map((place) => ({ route, place })),
  );
}

function distinctRoutes(found: readonly Aim[]): Route[] {
  return [...new Set(found.filter(({ place }) => !/[.[]/.test(place.path)).map(({ route }) => route))];
}

function filled(path: string, request: JsonObject): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(request[name])));
}

function toQuery(request: JsonObject): URLSearchParams {
  const pairs = Object.entries(request).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((one): [string, string] => [name, String(one)]),
  );
  return new URLSearchParams(pairs);
}

async function countRows(db: pg.Client): Promise<unknown[]> {
  await untilPublished(db);
  const { rows: tables } = await db.query<{ name: string }>(`
    select table_schema || '.' || table_name as name from information_schema.tables
    where table_schema in ('tracking', 'events') and table_type = 'BASE TABLE'`);
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int from ${name}`);
  return (await db.query<object>(`${counts.join(' union all ')} order by name`)).rows;
}

async function untilPublished(db: pg.Client): Promise<void> {
  while ((await db.query('select from tracking.outbox limit 1')).rowCount !== 0) {
    await new Promise((done) => setTimeout(done, 20));
  }
}
