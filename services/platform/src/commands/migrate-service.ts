import { parseArgs } from 'node:util';
import type { Migrations } from '../migrations.ts';
import { migrateCommand } from './migrate.ts';
import { print, runCommand } from './run-command.ts';

const HELP = `Applies the pending migrations of this service to the database of DATABASE_URL.

  --status    list all migrations and change nothing; exit code 1 when some are pending
  --dry-run   list the pending ones and change nothing
  --json      write JSON`;

/** The whole of a service's `migrate.ts`. */
export async function migrateService(migrations: readonly Migrations[]): Promise<void> {
  await runCommand(async () => {
    const { values } = parseArgs({
      options: {
        status: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) print(HELP);
    const flags = { ...values, dryRun: values['dry-run'] };
    return values.help ? 0 : migrateCommand(migrations, flags, process.env, print);
  });
}
