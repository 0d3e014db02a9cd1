/**
 * Builds the image of every service, or of those named:  npm run images -- tracking --repository registry.example.com/ml
 * The images are `<repository>/<service>:<version>`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const SERVICES = ['tracking', 'artifact-proxy', 'model-registry'];
const ROOT = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repository: { type: 'string', default: 'millrace' },
    tag: { type: 'string', default: version },
  },
});
const unknown = positionals.filter((name) => !SERVICES.includes(name));
if (unknown.length > 0) fail(`There is no service ${unknown.join(', ')}; there are ${SERVICES.join(', ')}.`);
checkEngine();
const revision = git('rev-parse', 'HEAD');
for (const service of positionals.length > 0 ? positionals : SERVICES) build(service);

function build(service: string): void {
  const image = `${values.repository}/${service}:${values.tag}`;
  const args = { SERVICE: service, VERSION: version, REVISION: revision };
  const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const built = spawnSync('docker', ['build', ...given, '--tag', image, '.'], { cwd: ROOT, stdio: 'inherit' });
  if (built.status !== 0) fail(`The image ${image} could not be built.`);
  const size = docker('image', 'inspect', '--format', '{{.Size}}', image);
  process.stdout.write(`${image}: ${Math.round(Number(size) / 1e6)} MB\n`);
}

function checkEngine(): void {
  const asked = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { encoding: 'utf8' });
  if (asked.error)
    fail('There is no docker command on this machine. Install Docker, or Podman with its docker command.');
  if (asked.status !== 0) fail(`No container engine answers, so no image can be built:\n${asked.stderr.trim()}`);
}

function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' }).trim();
}

/** The commit, for the image's label. An archive of the sources has none. */
function git(...args: readonly string[]): string {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
