import type { Operation } from '../contract/operation.ts';
import { counter } from '../telemetry/metering.ts';
import { Gate } from './gate.ts';
import type { Pressure } from './pressure.ts';
import { type Work, workOf } from './work.ts';

export type AdmissionOptions = {
  readonly pressure: Pressure;
  /** How many searches run at a time. They share connections and event loop with all others, so they must leave some. */
  readonly maxSearches: number;
};

/** Far more than do any good at a time; what waits here waits in memory. */
const MAX_READS = 512;
const MAX_WRITES = 8_192;

const WAITING: Readonly<Record<Work, { readonly maxWaiting: number; readonly waitMs: number }>> = {
  search: { maxWaiting: 256, waitMs: 2_000 },
  read: { maxWaiting: 512, waitMs: 5_000 },
  write: { maxWaiting: 0, waitMs: 0 }, // they wait where they are written, together
};

/** The operations, each behind the gate of its kind of work: what would be too much is answered with 503 and Retry-After. */
export function admitted(operations: readonly Operation[], { pressure, maxSearches }: AdmissionOptions): Operation[] {
  const most = {
    search: () => pressure.searches(maxSearches),
    read: () => MAX_READS,
    write: () => MAX_WRITES,
  };
  const gate = (work: Work) => new Gate({ ...WAITING[work], limit: () => (pressure.refuses(work) ? 0 : most[work]()) });
  const gates = { search: gate('search'), read: gate('read'), write: gate('write') };
  const shed = counter('millrace_requests_shed_total', 'Requests answered 503 because there was too much to do');
  for (const work of Object.keys(gates)) shed?.add(0, { work });
  return operations.map((operation) => {
    const work = workOf(operation.method);
    return behind(gates[work], operation, () => shed?.add(1, { work }));
  });
}

function behind(gate: Gate, { method, call }: Operation, refused: () => void): Operation {
  return {
    method,
    async call(request, context) {
      if (!gate.tryEnter()) await gate.enter().catch(told(refused));
      try {
        return await call(request, context);
      } finally {
        gate.leave();
      }
    },
  };
}

const told = (refused: () => void) => (error: unknown) => {
  refused();
  throw error;
};
