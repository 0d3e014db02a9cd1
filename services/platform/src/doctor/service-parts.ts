import type { ServiceConfig } from '../config.ts';
import type { Migrations } from '../migrations.ts';
import type { ObjectStoreConfig } from '../object-store/open-object-store.ts';

/** What one service stands on, for whoever looks whether all of it works. */
export type ServiceParts = {
  readonly name: string;
  readonly schema: string;
  readonly migrations: readonly Migrations[];
  readonly database: ServiceConfig['database'];
  readonly events: ServiceConfig['events'];
  /** Where its events go. */
  readonly topic: string;
  readonly peers: readonly Peer[];
  readonly store?: StorePart;
};

/** Another service, and the variable that says where it is. */
export type Peer = { readonly name: string; readonly variable: string; readonly address: string };

export type StorePart = {
  readonly config: ObjectStoreConfig;
  /** Whether clients are sent to the store by presigned addresses. */
  readonly presigned: boolean;
};
