import type { Pool } from '@millrace/platform/postgres';
import type { MetricKeys } from '../store/metric-keys.ts';
import type { ArtifactLister } from './list-artifacts.ts';

/** What the operations of this service work with. */
export type Deps = {
  readonly pool: Pool;
  readonly keys: MetricKeys;
  readonly artifacts: ArtifactLister;
  /** To be called after a commit that wrote events. */
  readonly announce: () => void;
  readonly artifactRoot: string;
  readonly truncateLongValues: boolean;
};
