import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readUsage } from '../src/processes/usage.ts';

/** Uses 300 ms of CPU, however long that takes. */
const BURN = `while (process.cpuUsage().user < 300_000);`;
const CHILD = JSON.stringify(BURN);
const PARENT = {
  ended: `require('node:child_process').spawnSync(process.execPath, ['-e', ${CHILD}]); console.log('done'); setInterval(() => {}, 1000)`,
  alive: `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', ${CHILD} + "console.log('done'); setInterval(() => {}, 1000)"], { stdio: 'inherit' });
    process.on('SIGTERM', () => { child.kill('SIGKILL'); process.exit(); })`,
};

const onLinux = existsSync('/proc/self/stat') ? describe : describe.skip;

onLinux('the CPU time of a server', () => {
  let server: ChildProcess | undefined;
  afterEach(async () => {
    if (!server) return;
    const gone = once(server, 'exit');
    server.kill('SIGTERM');
    await gone;
    server = undefined;
  });

  it.each(['ended', 'alive'] as const)('counts a worker process that has %s', async (kind) => {
    server = spawn(process.execPath, ['-e', PARENT[kind]], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (server.stdout) await once(server.stdout, 'data');
    const usage = readUsage([server.pid ?? 0]);
    expect(usage?.server.cpuMs).toBeGreaterThanOrEqual(290);
    expect(usage?.server.memoryMb).toBeGreaterThan(10);
    expect(usage?.database).toBeNull();
  });

  it('is unknown when the process is', () => {
    expect(readUsage([])).toBeUndefined();
  });
});
