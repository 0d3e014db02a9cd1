#!/usr/bin/env node
import { migrations as artifactProxyMigrations } from '@millrace/artifact-proxy/migrations';
import { readParts as artifactProxyParts } from '@millrace/artifact-proxy/parts';
import { migrations as modelRegistryMigrations } from '@millrace/model-registry/migrations';
import { readParts as modelRegistryParts } from '@millrace/model-registry/parts';
import { doctorCommand } from '@millrace/platform/commands/doctor';
import { type MigrateFlags, migrateCommand } from '@millrace/platform/commands/migrate';
import { print, runCommand } from '@millrace/platform/commands/run-command';
import { ConfigError } from '@millrace/platform/config';
import { VERSION } from '@millrace/platform/version';
import { migrations as trackingMigrations } from '@millrace/tracking/migrations';
import { readParts as trackingParts } from '@millrace/tracking/parts';
import { Command, InvalidArgumentError } from 'commander';
import { type SeedOptions, seed } from './seed/seed.ts';
import { listInventory, type VerifyFlags, verify } from './verify.ts';

const SERVICES = [
  { name: 'tracking', migrations: trackingMigrations, readParts: trackingParts },
  { name: 'artifact-proxy', migrations: artifactProxyMigrations, readParts: artifactProxyParts },
  { name: 'model-registry', migrations: modelRegistryMigrations, readParts: modelRegistryParts },
];

const { env } = process;
const program = new Command('millrace')
  .description('Looks after an installation, with the environment variables that its services have.')
  .version(VERSION);

program
  .command('migrate')
  .description('apply what is pending to the database of DATABASE_URL; safe while services run')
  .option('--only <service>', `one of ${names()}`, known)
  .option('--status', 'list all migrations and change nothing; exit code 1 when some are pending', false)
  .option('--dry-run', 'list the pending ones and change nothing', false)
  .option('--json', 'write JSON', false)
  .action((flags: MigrateFlags & { only?: string }) =>
    runCommand(() =>
      migrateCommand(
        chosen(flags.only).flatMap(({ migrations }) => migrations),
        flags,
        env,
        print,
      ),
    ),
  );

program
  .command('doctor')
  .description('look at everything the services stand on, and say what to fix; exit code 1 when something failed')
  .option('--only <service>', `one of ${names()}`, known)
  .option('--json', 'write JSON', false)
  .action(({ only, json }: { only?: string; json: boolean }) => {
    const patients = chosen(only).map(({ name, readParts }) => ({ name, readParts: () => readParts(env) }));
    return runCommand(() => doctorCommand(patients, json, print));
  });

program
  .command('seed')
  .description('make an experiment and a model in Production to look at, through the API')
  .option('--url <url>', 'where Millrace listens', env['MLFLOW_TRACKING_URI'] ?? 'http://127.0.0.1:5000')
  .option('--name <name>', 'of the model; the experiment is example-<name>', 'churn')
  .option('--runs <number>', 'runs of the experiment, at least 2', runs, 8)
  .action((options: SeedOptions) =>
    runCommand(async () => {
      if (!URL.canParse(options.url)) throw new ConfigError(`--url must be a URL, not '${options.url}'.`);
      await seed(options, print);
      return 0;
    }),
  );

program
  .command('verify')
  .description('look whether everything the database names is in the object store; exit code 1 when something is not')
  .option('--read', 'read all bytes and compare their SHA-256, not only those of objects that got another tag', false)
  .option('--inventory <file>', 'look for every object of a list that `millrace inventory` made before, too')
  .action((flags: VerifyFlags) => runCommand(() => verify(flags, env, print)));

program
  .command('inventory')
  .description('list all objects of the store, a line of JSON each, to verify against later')
  .action(() => runCommand(() => listInventory(env, print)));

await program.parseAsync();

function chosen(only: string | undefined) {
  return SERVICES.filter(({ name }) => only === undefined || name === only);
}

function names(): string {
  return SERVICES.map(({ name }) => name).join(', ');
}

function known(name: string): string {
  if (SERVICES.some((service) => service.name === name)) return name;
  throw new InvalidArgumentError(`It must be one of ${names()}.`);
}

function runs(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 2 && number <= 1_000) return number;
  throw new InvalidArgumentError('It must be a whole number from 2 to 1000.');
}
