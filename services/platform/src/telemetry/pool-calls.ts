import type pg from 'pg';
import type { Lifecycle } from '../lifecycle.ts';
import { durations, gauge, type Histogram, isMetering } from './metering.ts';
import { inSpan, isTracing, recordingSpan, SpanKind } from './tracing.ts';

type Query = (...args: readonly unknown[]) => unknown;
type Connect = (done?: (...answer: readonly unknown[]) => void) => Promise<unknown> | undefined;

/** Measures a pool and adds a span of each statement to the trace of the work it belongs to. Without anybody to tell, nothing. */
export function observePool(pool: pg.Pool, name: string, lifecycle: Lifecycle): void {
  if (isMetering()) measure(pool, name, lifecycle);
  if (!isTracing() && !isMetering()) return;
  const duration = durations('millrace_db_query_duration_seconds', 'Of a statement, from being sent to its answer');
  const of = (target: { query: unknown }) => {
    target.query = observedQuery((target.query as Query).bind(target), name, duration);
  };
  of(pool);
  pool.on('connect', of);
}

/** A query with a callback is the pool's own use of a connection: it has been counted as the pool's query. */
function observedQuery(query: Query, pool: string, duration: Histogram | undefined): Query {
  return (...args) => {
    if (typeof args.at(-1) === 'function') return query(...args);
    const startedAt = performance.now();
    const done = recordingSpan()
      ? inSpan(statementSpan(args[0], pool), () => query(...args) as Promise<unknown>)
      : query(...args);
    if (!duration) return done;
    return (done as Promise<unknown>).finally(() => duration.record((performance.now() - startedAt) / 1_000, { pool }));
  };
}

/** Statements go by the name they are prepared under, others by their verb; neither text nor values leave the process. */
function statementSpan(statement: unknown, pool: string) {
  const { name, text = String(statement) } = Object(statement) as { readonly name?: string; readonly text?: string };
  const verb = /[a-z]+/i.exec(text)?.[0]?.toLowerCase() ?? 'statement';
  return {
    name: name ?? verb,
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'postgresql', 'db.operation.name': verb, 'millrace.pool': pool },
  };
}

function measure(pool: pg.Pool, name: string, lifecycle: Lifecycle): void {
  gauge('millrace_db_pool_connections', 'Connections, by whether they are used', lifecycle, () => [
    [pool.totalCount - pool.idleCount, { pool: name, state: 'used' }],
    [pool.idleCount, { pool: name, state: 'idle' }],
  ]);
  gauge('millrace_db_pool_waiting', 'Who waits for a connection', lifecycle, () => [
    [pool.waitingCount, { pool: name }],
  ]);
  const wait = durations('millrace_db_pool_wait_seconds', 'For a connection of the pool');
  const connect = pool.connect.bind(pool) as Connect;
  const timed: Connect = (done) => {
    const startedAt = performance.now();
    const waited = () => wait?.record((performance.now() - startedAt) / 1_000, { pool: name });
    if (!done) return connect()?.finally(waited);
    return connect((...answer) => {
      waited();
      done(...answer);
    });
  };
  pool.connect = timed as typeof pool.connect;
}
