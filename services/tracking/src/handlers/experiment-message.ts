import type { MessageInitShape } from '@bufbuild/protobuf';
import { ViewType } from '@millrace/proto/tracking/v1/entities';
import type { ExperimentSchema } from '@millrace/proto/tracking/v1/experiments';
import type { Experiment } from '../domain/experiment.ts';

export function experimentMessage(experiment: Experiment): MessageInitShape<typeof ExperimentSchema> {
  return {
    experimentId: String(experiment.id),
    name: experiment.name,
    artifactLocation: experiment.artifactLocation,
    lifecycleStage: experiment.deleted ? 'deleted' : 'active',
    lastUpdateTime: BigInt(experiment.updatedMs),
    creationTime: BigInt(experiment.createdMs),
    tags: [...experiment.tags],
  };
}

/** Absent means active only. */
export function view(type: ViewType): 'active' | 'deleted' | 'all' {
  if (type === ViewType.ALL) return 'all';
  return type === ViewType.DELETED_ONLY ? 'deleted' : 'active';
}
