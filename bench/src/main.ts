import { Command } from 'commander';
import { measure } from './load.ts';
import { markdown } from './report.ts';
import { startTarget } from './target.ts';
import { WORKLOADS } from './workloads.ts';

type Options = {
  readonly target?: string;
  readonly clients: string;
  readonly seconds: string;
  readonly rounds: string;
  readonly only?: string;
};

const options = new Command('bench')
  .description('Requests per second and latencies of an MLflow-compatible server.')
  .option(
    '--target <url>',
    'a running server; without one, Millrace is started as `npm start` does, on data of its own',
  )
  .option('--clients <number>', 'connections that each send one request after another', '20')
  .option('--seconds <number>', 'length of one measurement', '10')
  .option('--rounds <number>', 'measurements of each workload; the median counts', '3')
  .option('--only <names>', `workloads, separated by commas, of: ${Object.keys(WORKLOADS).join(', ')}`)
  .parse()
  .opts<Options>();

const names = options.only?.split(',') ?? Object.keys(WORKLOADS);
const unknown = names.filter((name) => !Object.hasOwn(WORKLOADS, name));
if (unknown.length > 0) throw new Error(`No workload is named ${unknown.join(' or ')}`);

const target = options.target ? { url: options.target, stop: async () => {} } : await startTarget();
try {
  const results = [];
  for (const name of names) {
    process.stderr.write(`${name} …\n`);
    const prepare = WORKLOADS[name as keyof typeof WORKLOADS];
    const load = { clients: Number(options.clients), seconds: Number(options.seconds), rounds: Number(options.rounds) };
    results.push({ name, ...(await measure(target.url, prepare, load)) });
  }
  process.stdout.write(markdown(results, Number(options.clients)));
} finally {
  await target.stop();
}
