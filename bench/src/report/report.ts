import { writeFileSync } from 'node:fs';
import type { Plan, Result } from '../load/measure.ts';
import { writeInto } from './into.ts';
import { describeMachine, machineInWords } from './machine.ts';
import { resultsTable } from './markdown.ts';
import { ratioTable } from './ratios.ts';
import { transferTable } from './transfers.ts';

export type Output = {
  /** A file for the results as JSON. */
  readonly json?: string;
  /** A Markdown file in which what is between the two markers is replaced. */
  readonly into?: string;
};

export type Software = {
  readonly postgres: string | null;
  /** By the names of targets. */
  readonly versions: Readonly<Record<string, string>>;
};

/** Prints the report, and writes it where it is wanted. The first target is set against each other one. */
export function report(results: readonly Result[], plan: Plan, servers: Software, output: Output): void {
  const machine = describeMachine(servers.postgres);
  const targets = [...new Set(results.map(({ target }) => target))];
  const pairs = targets.slice(1).map((other) => ratioTable(results, targets[0] ?? '', other));
  const markdown = [
    ...pairs,
    transferTable(results),
    resultsTable(results),
    `${machineInWords(machine)} ${versions(servers)} ${method(plan)}`,
  ]
    .filter(Boolean)
    .join('\n\n');
  process.stdout.write(`${markdown}\n`);
  if (output.json) {
    const all = { measured: new Date().toISOString(), machine, versions: servers.versions, plan, results };
    writeFileSync(output.json, `${JSON.stringify(all, null, 2)}\n`);
  }
  if (output.into) writeInto(output.into, 'results', markdown);
}

function versions({ versions: all }: Software): string {
  return `${Object.entries(all)
    .map(([name, version]) => `${name} is ${version}`)
    .join(', ')}.`;
}

function method({ rounds, seconds, warmUpSeconds, seeded }: Plan): string {
  const read = `Searched are ${seeded.runs} runs in ${seeded.experiments} experiment(s); the history has ${seeded.points} points.`;
  return `${rounds} round(s) of ${seconds} s each, after ${warmUpSeconds} s of warm-up. ${read}`;
}
