import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@millrace/platform/testing/parts/run';
import { customResources } from '../custom-resources.ts';
import { goTool } from '../go-tools.ts';
import { prerequisites } from './prerequisites.ts';
import { type ControlPlane, startControlPlane } from './start.ts';

/** A control plane that knows the custom kinds, with what tests do to it. Throws `Unavailable` where there is none. */
export class Cluster implements AsyncDisposable {
  readonly #folder: string;
  readonly #plane: ControlPlane;

  private constructor(folder: string, plane: ControlPlane) {
    this.#folder = folder;
    this.#plane = plane;
  }

  static async start(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-cluster-'));
    try {
      const cluster = new Cluster(folder, await startControlPlane(folder));
      await cluster.kubectl('apply', '--server-side', '-f', join(await customResources(), 'crds'));
      await cluster.kubectl('wait', '--for', 'condition=Established', 'crd', '--all', '--timeout', '60s');
      return cluster;
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#plane.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.#plane.kubectl(args);
  }

  async helm(...args: readonly string[]): Promise<string> {
    return run(await goTool('helm'), [...args, '--kubeconfig', this.#plane.kubeconfig]);
  }

  /** A namespace in which only restricted pods are let in, and that says so of every workload. */
  async restrictedNamespace(name: string): Promise<void> {
    await this.kubectl('create', 'namespace', name);
    const refused = await this.apply(name, prerequisites(name));
    if (refused.length > 0) throw new Error(refused.join('\n'));
    const modes = ['enforce', 'warn', 'audit'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await this.kubectl('label', 'namespace', name, ...modes);
  }

  /** Applies objects as one does, and answers what is said of them that is not «applied»: warnings and refusals. */
  async apply(namespace: string, yaml: string): Promise<readonly string[]> {
    const file = join(this.#folder, `${namespace}.yaml`);
    writeFileSync(file, yaml);
    const args = ['--kubeconfig', this.#plane.kubeconfig, '-n', namespace, 'apply', '--server-side', '-f', file];
    const said = await run('sh', ['-c', '"$0" "$@" 2>&1 || true', 'kubectl', ...args]);
    return said.split('\n').filter((line) => line !== '' && !line.endsWith(' serverside-applied'));
  }

  /** Resolves when all of a namespace's pods are there; the message of a failure is why some are not. */
  async allAvailable(namespace: string): Promise<void> {
    try {
      const wait = ['-n', namespace, 'wait', '--all', '--timeout', '180s'];
      await this.kubectl(...wait, '--for', 'condition=Available', 'deployment');
    } catch (error) {
      throw new Error((await this.refusedPods(namespace)).join('\n') || String(error));
    }
  }

  /** Why pods of a namespace were not let in. */
  async refusedPods(namespace: string): Promise<readonly string[]> {
    const list = ['-n', namespace, 'get', 'events', '--field-selector', 'reason=FailedCreate'];
    const said = await this.kubectl(...list, '-o', 'jsonpath={range .items[*]}{.message}{"\\n"}{end}');
    return said.split('\n').filter(Boolean);
  }
}
