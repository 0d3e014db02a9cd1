import { type Implementation, implement } from '@millrace/platform/contract/operation';
import { ArtifactRootService, RunArtifactService } from '@millrace/proto/tracking/v1/artifacts';
import { ExperimentService } from '@millrace/proto/tracking/v1/experiments';
import { GatewayProxyService } from '@millrace/proto/tracking/v1/gateway';
import { LoggedModelService } from '@millrace/proto/tracking/v1/logged_models';
import { MetricService } from '@millrace/proto/tracking/v1/metrics';
import { PromptlabService } from '@millrace/proto/tracking/v1/promptlab';
import { RunOriginService } from '@millrace/proto/tracking/v1/run_origins';
import { RunService } from '@millrace/proto/tracking/v1/runs';
import { ServerService } from '@millrace/proto/tracking/v1/server';
import type { Deps } from '../domain/deps.ts';
import { artifactRootHandlers } from './artifact-roots.ts';
import { artifactHandlers } from './artifacts.ts';
import { createPromptlabRun } from './create-promptlab-run.ts';
import { experimentHandlers } from './experiments.ts';
import { getServerInfo, type TransferModes } from './get-server-info.ts';
import { listRunOrigins } from './list-run-origins.ts';
import { loggedModelHandlers } from './logged-models.ts';
import { metricHandlers } from './metrics.ts';
import { proxyGateway } from './proxy-gateway.ts';
import { runHandlers } from './runs.ts';

/** Every rpc of tracking, tied to its handler. */
export function trackingServices(deps: Deps, modes: TransferModes): Implementation[] {
  return [
    implement(ExperimentService, experimentHandlers(deps)),
    implement(RunService, runHandlers(deps)),
    implement(RunOriginService, { listRunOrigins: listRunOrigins(deps) }),
    implement(MetricService, metricHandlers(deps)),
    implement(RunArtifactService, artifactHandlers(deps)),
    implement(ArtifactRootService, artifactRootHandlers(deps)),
    implement(LoggedModelService, loggedModelHandlers(deps)),
    implement(PromptlabService, { createPromptlabRun: createPromptlabRun(deps) }),
    implement(GatewayProxyService, { proxyGateway: proxyGateway() }),
    implement(ServerService, { getServerInfo: getServerInfo(modes) }),
  ];
}
