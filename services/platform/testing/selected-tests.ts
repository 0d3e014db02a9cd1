import { globSync } from 'node:fs';
import { resolve } from 'node:path';

/** What is needed of jest's configuration; the package that declares it is not one that we depend on. */
export type GlobalConfig = {
  readonly rootDir: string;
  readonly runTestsByPath: boolean;
  readonly nonFlagArgs: readonly string[];
  readonly testPathPatterns: { readonly patterns: readonly string[] };
};
export type ProjectConfig = { readonly testMatch: readonly string[] };

/** The test files that the command line selects, or more than those where only jest itself can tell. */
export function selectedTests(global: GlobalConfig, project: ProjectConfig): readonly string[] {
  if (global.runTestsByPath) return global.nonFlagArgs.map((file) => resolve(global.rootDir, file));
  const all = globSync(project.testMatch, { exclude: ['**/node_modules/**'] });
  const patterns = global.testPathPatterns.patterns.map((pattern) => new RegExp(pattern, 'i'));
  return patterns.length === 0 ? all : all.filter((file) => patterns.some((pattern) => pattern.test(file)));
}
