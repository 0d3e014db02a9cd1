import type { Authorize } from '@millrace/platform/contract/permissions';
import type { Pool } from '@millrace/platform/postgres';
import type { Post } from '../delivery/post.ts';
import type { Keys } from '../delivery/seal.ts';
import type { ReadFile } from './contents.ts';
import type { Lineage } from './lineage.ts';
import type { Receivers } from './receiver.ts';
import type { Stages } from './stage.ts';

/** What the operations of this service work with. */
export type Deps = {
  readonly pool: Pool;
  /** For what a request names beside the model it is about. */
  readonly authorize: Authorize;
  readonly lineage: Lineage;
  /** null: files cannot be read. */
  readonly readFile: ReadFile | null;
  /** To be called after a commit that wrote events. */
  readonly announce: () => void;
  /** To be called after a commit of versions that something is still to be looked up for. */
  readonly describe: () => void;
  readonly stages: Stages;
  /** What the source of every new version must match somewhere; null takes all. */
  readonly sourcePattern: RegExp | null;
  readonly webhooks: Webhooks;
};

export type Webhooks = Receivers & {
  /** null: secrets cannot be kept. */
  readonly keys: Keys | null;
  readonly post: Post;
  /** To be called after a commit that wrote deliveries. */
  readonly wake: () => void;
};
