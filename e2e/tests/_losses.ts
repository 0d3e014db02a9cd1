import { connectDatabase } from '../kill/check/connect.ts';
import type { Operation } from '../kill/journal.ts';

export type Loss = {
  /** Done to the tables. */
  readonly sql?: string;
  /** Done to a copy of an acknowledged operation of this path. */
  readonly edit?: { readonly path: string; readonly change: (operation: Operation) => Operation };
  /** How the checker must speak of it, and of no other of these losses. */
  readonly expected: RegExp;
};

/** Broken promises, one of each kind that there is to find. */
export const LOSSES: Readonly<Record<string, Loss>> = {
  'points that are lost': {
    sql: `delete from tracking.metric where step = 0`,
    expected: /acknowledged but lost: metric/,
  },
  'a latest point that is not the greatest': {
    sql: `update tracking.latest_metric set step = step - 1`,
    expected: /latest metrics are/,
  },
  'params that are lost': {
    sql: `delete from tracking.param where key like 'param %.1'`,
    expected: /acknowledged but lost: param/,
  },
  'a tag that nobody set': {
    sql: `insert into tracking.run_tag (run_id, key, workspace_id, experiment_id, value, recency)
      select run_id, 'stray', workspace_id, experiment_id, 'x', recency from tracking.run limit 1`,
    expected: /tag stray = x, which nobody wrote/,
  },
  'a tag with an older value': {
    sql: `update tracking.run_tag set value = 'older' where key = 'overwritten'`,
    expected: /tag overwritten is older/,
  },
  'a dataset without its tags': {
    sql: `update tracking.run_dataset_input set tags = '[]'`,
    expected: /acknowledged but lost: dataset/,
  },
  'a status that is lost': {
    sql: `update tracking.run set status = 2`,
    expected: /status is SCHEDULED/,
  },
  'a run twice': {
    sql: `
      insert into tracking.run (run_id, workspace_id, experiment_id, name, user_id, status, start_time_ms, artifact_uri)
      select gen_random_uuid(), workspace_id, experiment_id, name, user_id, status, start_time_ms, artifact_uri
      from tracking.run, generate_series(1, 100) where name = 'client-1 run 1'`,
    expected: /runs 'client-1 run 1' after \d+ requests/,
  },
  'a move that is lost': {
    sql: `update registry.model_version set stage = 'None'`,
    expected: /was moved to Production but is in None/,
  },
  'an event that is lost': {
    sql: `delete from events.event_log where event->>'type' = 'io.millrace.run.created.v1'`,
    expected: /events are \[run\.(finished|failed|killed)\b.*not \[run\.created/,
  },
  'an event twice': {
    sql: `
      insert into events.event_log (topic, key, event)
      select topic, key, event || jsonb_build_object('id', gen_random_uuid()) from events.event_log
      where event->>'type' = 'io.millrace.model_version.created.v1'`,
    expected: /2 events of its creation/,
  },
  'events out of order': {
    sql: `
      update events.event_log set position = default
      where position = (select min(position) from events.event_log group by key having count(*) > 2 limit 1)`,
    expected: /came after a later one/,
  },
  'a run that is lost': {
    sql: `delete from tracking.run where name like 'client-2 run %'`,
    expected: /the acknowledged run \w+ is there 0 times/,
  },
  'half a batch': {
    edit: { path: 'runs/log-batch', change: ({ acknowledged: _, ...operation }) => withParam(operation) },
    expected: /\d+ of \d+ parts are there/,
  },
  'a refusal of a valid request': {
    edit: { path: 'runs/log-metric', change: (operation) => ({ ...operation, replies: [{ status: 400, body: {} }] }) },
    expected: /answered 400/,
  },
  'an outage without a time to come again': {
    edit: { path: 'runs/log-metric', change: (operation) => ({ ...operation, replies: [{ status: 503, body: {} }] }) },
    expected: /answered 503 without Retry-After/,
  },
};

/** Breaks every promise at once; answers the operations as the checker is to believe them. */
export async function plantLosses(url: string, operations: readonly Operation[]): Promise<Operation[]> {
  const edited = [...operations];
  for (const { sql, edit } of Object.values(LOSSES)) {
    if (sql) await execute(url, sql);
    const intact = (operation: Operation, i: number) => operation.acknowledged && operation === operations[i];
    const victim = edited.findIndex((operation, i) => operation.path === edit?.path && intact(operation, i));
    if (edit) edited[victim] = edit.change(edited[victim] as Operation);
  }
  return edited;
}

/** As if one more had been sent than is there. */
function withParam(operation: Operation): Operation {
  const params = [...(operation.request['params'] as unknown[]), { key: 'never stored', value: 'x' }];
  return { ...operation, request: { ...operation.request, params } };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = await connectDatabase(url);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
