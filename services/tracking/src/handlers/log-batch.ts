import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import { checkBatch } from '../domain/check-batch.ts';
import type { Deps } from '../domain/deps.ts';
import { runId } from '../domain/ids.ts';
import { logBatch as log } from '../domain/log-batch.ts';
import { invalid } from '../domain/names.ts';
import { toMetric } from './metric-message.ts';

const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

export const logBatch =
  (deps: Deps): Handlers<typeof RunService>['logBatch'] =>
  async ({ runId: id, metrics, params, tags }, context) => {
    if (!RUN_ID.test(id)) throw invalid('run_id', id, 'Run ids are letters, digits, underscores and dashes.');
    const given = { metrics: metrics.map((metric, i) => toMetric(metric, `metrics[${i}].`)), params, tags };
    const batch = checkBatch(given, deps.truncateLongValues);
    await log(deps, context, runId(id), batch);
    return {};
  };
