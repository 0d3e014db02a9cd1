import { Lifecycle } from '@millrace/platform/lifecycle';
import { Command, Option } from 'commander';
import { type CompareFlags, compare } from './commands/compare.ts';
import { type ConnectionsFlags, connections } from './commands/connections.ts';
import { eventOptions } from './commands/event-options.ts';
import { type EventsFlags, events } from './commands/events.ts';
import { type FaultsFlags, faults } from './commands/faults.ts';
import { type LargeFileFlags, largeFile, largeFileOptions } from './commands/large-file.ts';
import {
  dataOptions,
  loadOptions,
  pair,
  positive,
  rates,
  seedOptions,
  target,
  whole,
  wholes,
  words,
} from './commands/options.ts';
import { type OutageFlags, outage } from './commands/outage.ts';
import { type OverloadFlags, overload } from './commands/overload.ts';
import { type ReferenceFlags, reference } from './commands/reference.ts';
import { type RunFlags, run } from './commands/run.ts';
import { type SeedFlags, seed } from './commands/seed.ts';
import { type TelemetryFlags, telemetry } from './commands/telemetry.ts';
import { type WebhooksFlags, webhooks } from './commands/webhooks.ts';
import { CHANGES } from './events/changes.ts';
import { WORKLOADS } from './workloads/all.ts';

// npm starts scripts of a workspace in its folder; files are meant from where the person is
process.chdir(process.env['INIT_CWD'] ?? '.');

const lifecycle = new Lifecycle();
const program = new Command('bench').description(
  'How fast servers that speak MLflow’s REST API are, and what it costs.',
);

loadOptions(dataOptions(program.command('run', { isDefault: true })))
  .description('measure running servers, or a Millrace of its own when none is given')
  .option('--target <name=url>', 'a running server; may be repeated, then they take turns', target)
  .option('--pid <name=ids>', 'its processes and its PostgreSQL’s first one, separated by commas', pair)
  .option('--alone', 'of Millrace only the tracking service, as a process of its own')
  .addHelpText('after', `\nWorkloads:\n  ${Object.keys(WORKLOADS).join('\n  ')}`)
  .action((flags: RunFlags) => run(flags, lifecycle));

loadOptions(dataOptions(program.command('compare')))
  .description('measure Millrace and MLflow’s own server side by side on one PostgreSQL')
  .action((flags: CompareFlags) => compare(flags, lifecycle));

loadOptions(dataOptions(program.command('telemetry')))
  .description('measure Millrace with telemetry off and on, side by side')
  .action((flags: TelemetryFlags) => telemetry(flags, lifecycle));

seedOptions(program.command('seed'))
  .description('make runs to search and a history to read; goes on where it was cut off')
  .option('--target-database <url>', 'PostgreSQL of Millrace or MLflow, whose server has made its tables')
  .option('--target <url>', 'any server, through its API (slow)')
  .action((flags: SeedFlags) => seed(flags));

dataOptions(program.command('reference'))
  .description('run MLflow’s own server, with its default workers, until Ctrl-C')
  .option('--port <number>', 'port to listen on', Number, 5001)
  .action((flags: ReferenceFlags) => reference(flags, lifecycle));

eventOptions(program.command('events'), 20)
  .description('how long after the answer an event is with its consumer')
  .option('--rate <numbers>', 'events per second, separated by commas', rates, [100, 1000])
  .option('--by <drivers>', 'kafka, postgres, or both', words, ['kafka', 'postgres'])
  .option('--change <kinds>', 'what changes: stage, tag, or both', words, ['stage', 'tag'])
  .option('--kafka <addresses>', 'brokers of yours, instead of one of its own')
  .action((flags: EventsFlags) => events(flags, lifecycle));

eventOptions(program.command('webhooks'), 20)
  .description('how long after the answer an event is with those it is posted to')
  .option('--rate <numbers>', 'events per second, separated by commas; each goes to every receiver', rates, [2, 100])
  .option('--receivers <number>', 'how many webhooks there are', whole, 50)
  .option('--dead <number>', 'how many of their receivers never answer', Number, 1)
  .action((flags: WebhooksFlags) => webhooks(flags, lifecycle));

eventOptions(program.command('outage'), 20)
  .description('what requests notice of a Kafka that is away, and how fast what waited goes out')
  .option('--rate <number>', 'events per second', positive, 1000)
  .addOption(new Option('--change <kind>', 'what changes').choices(Object.keys(CHANGES)).default('stage'))
  .option('--minutes <number>', 'how long the broker is away', positive, 0.5)
  .action((flags: OutageFlags) => outage(flags, lifecycle));

dataOptions(program.command('connections'))
  .description('measure what many connections cost, and whether slow ones stand in the way of others')
  .option('--kept <numbers>', 'how many are kept at a time, separated by commas', wholes, [2_000, 10_000])
  .option('--slow <number>', 'sockets that send a byte every ten seconds; 0 leaves that out', Number, 5_000)
  .option('--seconds <number>', 'length of one measurement', positive, 10)
  .action((flags: ConnectionsFlags) => connections(flags, lifecycle));

seedOptions(dataOptions(program.command('overload')))
  .description('measure what logging is like while there are more searches than the server can answer')
  .option('--searchers <number>', 'clients that search all the time', whole, 100)
  .option('--seconds <number>', 'length of one measurement', positive, 10)
  .action((flags: OverloadFlags) => overload(flags, lifecycle));

largeFileOptions(dataOptions(program.command('large-file')))
  .description('send a large file with MLflow’s own client to a Millrace with little memory, and get it back')
  .action((flags: LargeFileFlags) => largeFile(flags, lifecycle));

program
  .command('faults')
  .description('how uploads go on while the object store fails others, and clients leave')
  .option('--seconds <number>', 'seconds of uploads alone, and beside each trouble', Number, 12)
  .action((flags: FaultsFlags) => faults(flags, lifecycle));

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void lifecycle.close().finally(() => process.exit(130)));
try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await lifecycle.close();
}
