import { parseArgs } from 'node:util';
import { TOPOLOGIES, type Topology } from './machine.ts';
import { type Outcome, runTrial } from './trial.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '15' },
  },
});
const [seeds, first, seconds] = [Number(values.seeds), Number(values.first), Number(values.seconds)];

let failed = 0;
let acknowledged = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const topology = TOPOLOGIES[seed % TOPOLOGIES.length] as Topology;
  const outcome = await runTrial({ seed, seconds, topology });
  process.stdout.write(`seed ${seed}, PostgreSQL ${topology}: ${summary(outcome)}\n`);
  for (const violation of outcome.violations) process.stdout.write(`  ${violation}\n`);
  if (outcome.violations.length > 0) {
    failed++;
    process.stdout.write(`  kept: ${outcome.folder}\n`);
  }
  acknowledged += outcome.operations.filter((operation) => operation.acknowledged).length;
}
const verdict = failed === 0 ? 'each is there exactly once' : `promises broken in ${failed} of them`;
process.stdout.write(`${seeds} seeds, ${acknowledged} acknowledged writes: ${verdict}\n`);
process.exitCode = failed === 0 ? 0 : 1;

function summary({ kills, operations, violations }: Outcome): string {
  const replies = operations.flatMap((operation) => operation.replies);
  const count = (...statuses: readonly number[]) => replies.filter(({ status }) => statuses.includes(status)).length;
  const writes = operations.filter((operation) => operation.acknowledged).length;
  return [
    `killed Millrace ${kills.millrace}, postmaster ${kills.postmaster}, backends ${kills.backend}`,
    `${writes} writes acknowledged, ${operations.length - writes} of unknown outcome`,
    `${count(0)} times no answer, ${count(429, 503)} times 429 or 503`,
    violations.length === 0 ? 'ok' : `${violations.length} VIOLATIONS`,
  ].join('; ');
}
