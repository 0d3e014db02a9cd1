import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@millrace/platform/testing/parts/run';
import { goTool } from './go-tools.ts';
import { chart } from './helm.ts';

/** The chart's README as its template and the comments in values.yaml make it. */
export async function readme(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-readme-'));
  try {
    cpSync(chart, join(folder, 'millrace'), { recursive: true });
    const args = [
      '--chart-search-root',
      folder,
      '--sort-values-order',
      'file',
      '--skip-version-footer',
      '--log-level',
      'warning',
    ];
    await run(await goTool('helm-docs'), args);
    return readFileSync(join(folder, 'millrace/README.md'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
