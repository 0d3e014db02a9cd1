import type { Pool } from '@millrace/platform/postgres';
import type { MetricKeys } from '../store/metric-keys.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { WritePoints } from './point-writer.ts';

/** What the operations of this service work with. */
export type Deps = {
  readonly pool: Pool;
  readonly keys: MetricKeys;
  readonly writePoints: WritePoints;
  readonly artifacts: ArtifactStore;
  /** To be called after a commit that wrote events. */
  readonly announce: () => void;
  readonly artifactRoot: string;
  readonly truncateLongValues: boolean;
  /** After which no further statement of a search begins. */
  readonly searchTimeoutMs: number;
};
