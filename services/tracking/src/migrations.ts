import { type Migrations, outboxMigrations } from '@millrace/platform/migrations';

export const SCHEMA = 'tracking';

/** In the order in which they are applied. */
export const migrations: readonly Migrations[] = [
  outboxMigrations(SCHEMA),
  { schema: SCHEMA, table: 'migrations', folder: new URL('../migrations/', import.meta.url) },
];
