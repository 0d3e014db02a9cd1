import type { Handlers } from '@millrace/platform/contract/operation';
import type { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import type { Deps } from '../domain/deps.ts';
import { createExperiment } from './create-experiment.ts';
import { deleteExperiment } from './delete-experiment.ts';
import { deleteExperimentTag } from './delete-experiment-tag.ts';
import { getExperiment } from './get-experiment.ts';
import { getExperimentByName } from './get-experiment-by-name.ts';
import { restoreExperiment } from './restore-experiment.ts';
import { searchDatasets } from './search-datasets.ts';
import { searchExperiments } from './search-experiments.ts';
import { setExperimentTag } from './set-experiment-tag.ts';
import { updateExperiment } from './update-experiment.ts';

export const experimentHandlers = (deps: Deps): Handlers<typeof ExperimentService> => ({
  createExperiment: createExperiment(deps),
  getExperiment: getExperiment(deps),
  getExperimentByName: getExperimentByName(deps),
  searchExperiments: searchExperiments(deps),
  updateExperiment: updateExperiment(deps),
  deleteExperiment: deleteExperiment(deps),
  restoreExperiment: restoreExperiment(deps),
  setExperimentTag: setExperimentTag(deps),
  deleteExperimentTag: deleteExperimentTag(deps),
  searchDatasets: searchDatasets(deps),
});
