import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '@millrace/platform/testing/parts/part';
import { exists, run } from '@millrace/platform/testing/parts/run';
import { freePort, startProcess } from '@millrace/platform/testing/parts/server-process';
import { controlPlanePrograms, STAGES_FILE } from './build.ts';

export type ControlPlane = {
  /** Its address and key, for kubectl and helm. */
  readonly kubeconfig: string;
  readonly kubectl: (args: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Debian has the first in its package etcd-server. */
const NEEDED = [
  ['etcd', '--version'],
  ['kubectl', 'version', '--client'],
  ['openssl', 'version'],
] as const;
const NODE = 'node-1';
/** Of this control plane alone, which only this machine reaches and which is gone with the test. */
const TOKEN = 'chart-tests';

/**
 * A real API server with its store, controllers and scheduler: what it admits, defaults, rolls out and refuses is what any
 * cluster does. No container runs; kwok says of pods that they do. Throws `Unavailable` where it cannot be had.
 */
export async function startControlPlane(folder: string): Promise<ControlPlane> {
  for (const [program, ...ask] of NEEDED) {
    if (!(await exists(program, ask))) throw new Unavailable(`${program} is needed for a control plane`);
  }
  const programs = await controlPlanePrograms();
  mkdirSync(join(folder, 'keys'), { recursive: true });
  const kubeconfig = join(folder, 'kubeconfig');
  const kubectl = (args: readonly string[]) => run('kubectl', ['--kubeconfig', kubeconfig, ...args]);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  const start = async (command: string, args: readonly string[], ready: readonly string[] | string) => {
    const logFile = join(folder, `${command.split('/').at(-1)}.log`);
    const isReady = typeof ready === 'string' ? () => answers(ready) : () => succeeds(() => kubectl(ready));
    stops.push(await startProcess({ command, args, logFile, ready: isReady, stopping: new AbortController().signal }));
  };
  try {
    const store = await startStore(folder, start);
    await startApi(programs, folder, store, kubeconfig, start);
    await startOthers(programs, kubeconfig, start);
    await kubectl(['apply', '-f', writeNode(folder)]);
    await kubectl(['wait', '--for', 'condition=Ready', `node/${NODE}`, '--timeout', '60s']);
    return { kubeconfig, kubectl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Start = (command: string, args: readonly string[], ready: readonly string[] | string) => Promise<void>;

async function startStore(folder: string, start: Start): Promise<string> {
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const flags = {
    name: 'one',
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `one=${peer}`,
  };
  await start('etcd', [...asFlags(flags), '--unsafe-no-fsync'], `${client}/health`);
  return client;
}

async function startApi(programs: string, folder: string, store: string, kubeconfig: string, start: Start) {
  const port = await freePort();
  const keys = join(folder, 'keys');
  await run('openssl', ['genrsa', '-out', join(keys, 'accounts.key'), '2048']);
  writeFileSync(join(keys, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`, { mode: 0o600 });
  writeFileSync(kubeconfig, kubeconfigFor(port, join(keys, 'apiserver.crt')), { mode: 0o600 });
  const flags = {
    'etcd-servers': store,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': port,
    'cert-dir': keys,
    'endpoint-reconciler-type': 'none',
    'service-cluster-ip-range': '10.96.0.0/16',
    'authorization-mode': 'Node,RBAC',
    'token-auth-file': join(keys, 'tokens.csv'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': join(keys, 'accounts.key'),
    'service-account-signing-key-file': join(keys, 'accounts.key'),
    // an older etcd cannot tell how far a watch is, and clients that count on it would wait longer and longer
    'feature-gates': 'WatchList=false',
    'enable-admission-plugins': 'NodeRestriction,ResourceQuota,LimitRanger',
  };
  await start(join(programs, 'kube-apiserver'), asFlags(flags), ['get', '--raw', '/readyz']);
}

async function startOthers(programs: string, kubeconfig: string, start: Start): Promise<void> {
  const server = async (name: string, extra: readonly string[]) => {
    const port = await freePort();
    // not to be held back by limits that are made for clusters with other users
    const fast = { 'kube-api-qps': 500, 'kube-api-burst': 500 };
    const common = { kubeconfig, 'bind-address': '127.0.0.1', 'secure-port': port, 'leader-elect': 'false', ...fast };
    const keys = join(kubeconfig, '..', 'keys');
    await start(join(programs, name), [...asFlags({ ...common, 'cert-dir': join(keys, name) }), ...extra], ['version']);
  };
  const keys = join(kubeconfig, '..', 'keys');
  const accounts = {
    'service-account-private-key-file': join(keys, 'accounts.key'),
    'root-ca-file': join(keys, 'apiserver.crt'),
  };
  await server('kube-controller-manager', asFlags(accounts));
  await server('kube-scheduler', []);
  const kwok = {
    kubeconfig,
    'server-address': `127.0.0.1:${await freePort()}`,
    config: join(programs, STAGES_FILE),
    'manage-nodes-with-annotation-selector': 'kwok.x-k8s.io/node=fake',
  };
  await start(join(programs, 'kwok'), asFlags(kwok), ['-n', 'default', 'get', 'serviceaccount', 'default']);
}

function writeNode(folder: string): string {
  const room = { cpu: '1k', memory: '1Ti', pods: '1k' };
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: NODE,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: { 'kubernetes.io/hostname': NODE, 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': 'zone-1' },
    },
    status: { allocatable: room, capacity: room },
  };
  const file = join(folder, 'node.json');
  writeFileSync(file, JSON.stringify(node));
  return file;
}

function kubeconfigFor(port: number, authority: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': authority } }],
    users: [{ name: 'admin', user: { token: TOKEN } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
}

const asFlags = (flags: Readonly<Record<string, string | number>>) =>
  Object.entries(flags).map(([name, value]) => `--${name}=${value}`);

const succeeds = (work: () => Promise<unknown>) =>
  work().then(
    () => true,
    () => false,
  );

const answers = (url: string) => succeeds(async () => (await fetch(url)).ok || Promise.reject(new Error('not yet')));
