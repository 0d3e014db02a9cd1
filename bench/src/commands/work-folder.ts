import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Lifecycle } from '@millrace/platform/lifecycle';

/** The given folder, or a new one that is removed with the lifecycle. */
export function workFolder(given: string | undefined, lifecycle: Lifecycle): string {
  if (given) {
    mkdirSync(given, { recursive: true });
    return resolve(given);
  }
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  lifecycle.onClose('work folder', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
