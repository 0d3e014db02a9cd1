/**
 * Makes `dist/`, a tree that runs by itself: the JavaScript that tsc makes of our sources, and everything that the programs
 * read at run time, in the places where they look for it. Its packages export the compiled files under the same names.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

rmSync(DIST, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '--project', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
for (const service of readdirSync(join(DIST, 'services'))) {
  copy(join('services', service, 'migrations'));
  writeManifest(join('services', service));
}
copy(join('proto', 'gen'), (path) => !path.endsWith('.d.ts'));
writeManifest('proto');

function copy(folder: string, isWanted: (path: string) => boolean = () => true): void {
  const from = join(ROOT, folder);
  if (existsSync(from)) cpSync(from, join(DIST, folder), { recursive: true, filter: isWanted });
}

type Manifest = { readonly scripts?: unknown; readonly devDependencies?: unknown };

function writeManifest(folder: string): void {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
  const { scripts: _scripts, devDependencies: _devDependencies, ...shipped } = manifest;
  const text = JSON.stringify(shipped, (_key, value: unknown) => compiledName(value), 2);
  writeFileSync(join(DIST, folder, 'package.json'), `${text}\n`);
}

function compiledName(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('./') ? value.replace(/\.ts$/, '.js') : value;
}
