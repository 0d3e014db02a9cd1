import { VERSION } from '@millrace/platform/version';
import type { Local } from './local.ts';

/** What a person needs next, to be printed once everything answers. */
export function banner({ url, parts }: Local, metricsPort: number | undefined): string {
  return `
Millrace ${VERSION} is listening on ${url}

  In Python:    import mlflow
                mlflow.set_tracking_uri("${url}")
  In a shell:   export MLFLOW_TRACKING_URI=${url}

  Metadata:     ${parts.database}
  Artifacts:    ${parts.artifacts}
  Events:       ${parts.events}${metricsPort === undefined ? '' : `\n  Metrics:      port ${metricsPort}, /metrics`}

Nobody has to sign in: whoever reaches this address may do everything. Ctrl-C stops it.
`;
}
