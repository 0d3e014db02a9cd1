import { describe, it } from 'node:test';
import { run } from '@millrace/platform/testing/parts/run';
import { goTool } from '../testing/go-tools.ts';
import { chart } from '../testing/helm.ts';

describe('templates', () => {
  it('do what millrace/tests/*_test.yaml says of them', async () => {
    await run(await goTool('helm-unittest'), ['--strict', '--color=false', chart]);
  });
});
