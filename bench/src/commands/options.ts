import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Plan } from '../load/measure.ts';
import type { Output } from '../report/report.ts';
import { STORES, type StoreKind } from '../stores/store.ts';
import type { Seeded } from '../workloads/workload.ts';

export type SeededFlags = Seeded;

export type LoadFlags = SeededFlags &
  Output & {
    readonly only: readonly string[];
    readonly rounds: number;
    readonly seconds: number;
    readonly warmup: number;
    readonly timeout: number;
    readonly clients?: number;
  };

export type DataFlags = { readonly data?: string; readonly database?: string; readonly store: StoreKind };

/** Which seeded data is meant. */
export function seedOptions(command: Command): Command {
  return command
    .option('--runs <number>', 'runs that are searched', whole, 10_000)
    .option('--experiments <number>', 'experiments they are spread over', whole, 1)
    .option('--points <number>', 'points of the metric whose history is read', whole, 100_000);
}

export function loadOptions(command: Command): Command {
  return seedOptions(command)
    .option('--only <names>', 'workloads or beginnings of their names, separated by commas', words, [])
    .option('--rounds <number>', 'measurements of each workload on each target; the median counts', whole, 3)
    .option('--seconds <number>', 'length of one measurement', positive, 5)
    .option('--warmup <number>', 'seconds of each workload before the first measurement', notNegative, 2)
    .option('--timeout <number>', 'seconds after which a request has failed', positive, 60)
    .option('--clients <number>', 'clients of every workload, instead of its own number', whole)
    .option('--json <file>', 'also write the results there as JSON')
    .option('--into <file>', 'also write the report into this Markdown file, between its markers');
}

export function dataOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'keep the data of servers and PostgreSQL there, for the next time')
    .option('--database <url>', 'an empty database of a PostgreSQL of yours, instead of an embedded one')
    .addOption(
      new Option('--store <kind>', 'where artifacts are kept; null swallows bytes').choices(STORES).default('folder'),
    );
}

export function plan(flags: LoadFlags): Plan {
  return {
    rounds: flags.rounds,
    seconds: flags.seconds,
    warmUpSeconds: flags.warmup,
    timeoutMs: flags.timeout * 1000,
    clients: flags.clients ?? null,
    seeded: seeded(flags),
  };
}

export function seeded({ runs, experiments, points }: SeededFlags): Seeded {
  return { runs, experiments, points };
}

/** Collects `name=url` of an option that may be repeated; a URL alone gets a name. */
export function target(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  return pair(/^https?:/.test(text) ? `server-${before.size + 1}=${text}` : text, before);
}

/** Collects `name=value` of an option that may be repeated. */
export function pair(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const match = /^([\w.-]+)=(.+)$/.exec(text);
  if (!match?.[1] || !match[2]) throw new InvalidArgumentError('It must look like name=value.');
  return new Map([...before, [match[1], match[2]]]);
}

/** What is separated by commas. */
export function words(text: string): readonly string[] {
  return text.split(',').filter(Boolean);
}

/** Numbers above 0, separated by commas. */
export function rates(text: string): readonly number[] {
  return words(text).map((word) => positive(word));
}

/** Whole numbers above 0, separated by commas. */
export function wholes(text: string): readonly number[] {
  return words(text).map((word) => whole(word));
}

export const whole = number((value) => Number.isSafeInteger(value) && value > 0, 'a whole number above 0');
export const positive = number((value) => value > 0, 'a number above 0');
const notNegative = number((value) => value >= 0, 'a number, not below 0');

function number(fits: (value: number) => boolean, what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !fits(value))
      throw new InvalidArgumentError(`It must be ${what}.`);
    return value;
  };
}
