import type { Handlers } from '@millrace/platform/contract/operation';
import type { RunService } from '@millrace/proto/tracking/v1/runs';
import type { Deps } from '../domain/deps.ts';
import { createRun } from './create-run.ts';
import { deleteRun } from './delete-run.ts';
import { deleteTag } from './delete-tag.ts';
import { getRun } from './get-run.ts';
import { logBatch } from './log-batch.ts';
import { logInputs } from './log-inputs.ts';
import { logMetric } from './log-metric.ts';
import { logModel } from './log-model.ts';
import { logOutputs } from './log-outputs.ts';
import { logParameter } from './log-parameter.ts';
import { restoreRun } from './restore-run.ts';
import { searchRuns } from './search-runs.ts';
import { setTag } from './set-tag.ts';
import { updateRun } from './update-run.ts';

export const runHandlers = (deps: Deps): Handlers<typeof RunService> => ({
  createRun: createRun(deps),
  getRun: getRun(deps),
  searchRuns: searchRuns(deps),
  updateRun: updateRun(deps),
  deleteRun: deleteRun(deps),
  restoreRun: restoreRun(deps),
  logMetric: logMetric(deps),
  logParameter: logParameter(deps),
  logBatch: logBatch(deps),
  setTag: setTag(deps),
  deleteTag: deleteTag(deps),
  logModel: logModel(deps),
  logInputs: logInputs(deps),
  logOutputs: logOutputs(deps),
});
