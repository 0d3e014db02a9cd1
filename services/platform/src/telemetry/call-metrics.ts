import type { Lifecycle } from '../lifecycle.ts';
import { durations, gauge } from './metering.ts';

type Ended = (operation: string, code: string, startedAt: number) => void;
export type CallMetrics = { readonly began: () => void; readonly ended: Ended };

/** Of the process: several servers of one kind may be in it. */
const inFlight = { http: 0, grpc: 0 };

/** How many calls there are, how long they take and how they end, by operation; undefined when nobody collects metrics. */
export function callMetrics(transport: 'http' | 'grpc', lifecycle: Lifecycle): CallMetrics | undefined {
  const duration = durations(
    'millrace_request_duration_seconds',
    'From the arrival of a request to the end of its answer, by operation and status code',
  );
  if (!duration) return undefined;
  gauge('millrace_requests_in_flight', 'Requests being answered', lifecycle, () => [
    [inFlight[transport], { transport }],
  ]);
  return {
    began: () => void inFlight[transport]++,
    ended(operation, code, startedAt) {
      inFlight[transport]--;
      duration.record((performance.now() - startedAt) / 1_000, { transport, operation, code });
    },
  };
}
