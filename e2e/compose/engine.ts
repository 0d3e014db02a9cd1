import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Why no containers can be run here; undefined where they can. */
export function engineFault(): string | undefined {
  const engine = ask(['version', '--format', '{{.Server.Version}}']);
  if (engine.error) return 'there is no docker command';
  if (engine.status !== 0) return `no container engine answers: ${engine.stderr.trim()}`;
  if (ask(['compose', 'version']).status !== 0) return 'docker has no compose plugin';
  return undefined;
}

/** Runs docker, shows what it prints, and throws when it fails. */
export function docker(args: readonly string[]): void {
  const { status } = spawnSync('docker', args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`docker ${args.slice(0, 4).join(' ')} … ended with code ${status}`);
}

/** Whether it did what it was asked, whatever it printed. */
export function dockerCan(args: readonly string[]): boolean {
  return ask(args).status === 0;
}

export function dockerAnswer(args: readonly string[]): string {
  const { status, stdout, stderr } = ask(args);
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr.trim()}`);
  return stdout.trim();
}

function ask(args: readonly string[]) {
  return spawnSync('docker', args, { cwd: ROOT, encoding: 'utf8' });
}
