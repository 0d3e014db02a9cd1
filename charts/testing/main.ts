import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '@millrace/platform/testing/parts/part';
import { customResources } from './custom-resources.ts';
import { goTool } from './go-tools.ts';
import { KUBERNETES } from './helm.ts';
import { kubernetesSchemas } from './kubernetes-schemas.ts';

const wanted = process.argv.slice(2);
const files = globSync(fileURLToPath(new URL('../tests/*.test.ts', import.meta.url)))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort();

if (files.length === 0) throw new Error(`No test of the chart has ${wanted.join(' or ')} in its name`);

try {
  // Here and not in the tests, so that whoever waits sees what for.
  for (const name of ['helm', 'kubeconform', 'helm-docs', 'helm-unittest'] as const) await goTool(name);
  for (const version of KUBERNETES) await kubernetesSchemas(version);
  await customResources();
  runTests();
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  process.stderr.write(`Skipped, all of it: ${error.message}\n`);
  if (process.env['CI'] === 'true') process.exitCode = 1;
}

function runTests(): void {
  const tests = run({ files, concurrency: 1 });
  tests.on('test:fail', () => {
    process.exitCode = 1;
  });
  tests.pipe(new spec()).pipe(process.stdout);
}
