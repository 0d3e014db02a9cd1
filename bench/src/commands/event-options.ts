import type { Command } from 'commander';
import { writeInto } from '../report/into.ts';
import { describeMachine, machineInWords } from '../report/machine.ts';
import { type DataFlags, dataOptions, positive, whole } from './options.ts';

export type EventFlags = DataFlags & {
  readonly seconds: number;
  readonly models: number;
  readonly into?: string;
};

/** Of the commands that measure what comes behind an answer. */
export function eventOptions(command: Command, seconds: number): Command {
  return dataOptions(command)
    .option('--seconds <number>', 'length of a measurement', positive, seconds)
    .option('--models <number>', 'models that change, one request at a time each', whole, 64)
    .option('--into <file>', 'also write the report into this Markdown file, between the markers of the command');
}

/** Prints the report, and writes it where it is wanted. */
export function reportEvents(name: string, table: string, postgres: string, { into }: EventFlags): void {
  const markdown = `${table}\n\n${machineInWords(describeMachine(postgres))}`;
  process.stdout.write(`${markdown}\n`);
  if (into) writeInto(into, name, markdown);
}
