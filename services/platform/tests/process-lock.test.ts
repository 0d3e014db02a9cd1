import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { takeProcessLock } from '../src/embedded-postgres/process-lock.ts';

describe('a process lock', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    file = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const take = () => {
    const lock = takeProcessLock(file);
    if ('heldBy' in lock) throw new Error(`held by ${lock.heldBy}`);
    return lock;
  };

  it('belongs to one taker until it is released', () => {
    const lock = take();
    expect(takeProcessLock(file)).toEqual({ heldBy: process.pid });
    lock.release();
    take();
  });

  it('is taken over when its process id belongs to another process than the one that took it', () => {
    writeFileSync(`${file}.7`, JSON.stringify({ pid: process.pid, identity: 'an earlier process with our id' }));
    take();
  });

  it('is taken over when a power cut has left an empty file', () => {
    writeFileSync(`${file}.7`, '');
    take();
  });

  it('leaves one file behind, however often it was taken', () => {
    for (let time = 0; time < 3; time += 1) take().release();
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('goes to exactly one of many processes that find a dead one’s file at the same moment', async () => {
    writeFileSync(`${file}.7`, JSON.stringify({ pid: 2 ** 22, identity: 'gone' }));
    const contenders = startContenders(file, 6);
    try {
      const answers = await Promise.all(contenders.map(firstLine));
      const winners = contenders.filter((_, index) => answers[index] === 'mine');
      expect(winners).toHaveLength(1);
      expect(answers.filter((answer) => answer === String(winners[0]?.pid))).toHaveLength(5);
    } finally {
      await Promise.all(contenders.map(end));
    }
  });
});

function startContenders(file: string, count: number): readonly ChildProcess[] {
  const program = fileURLToPath(new URL('_process-lock-contender.ts', import.meta.url));
  const args = [program, file, String(Date.now() + 1500)];
  return Array.from({ length: count }, () => spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) return '';
  const [chunk] = (await once(stdout, 'data')) as [Buffer];
  return chunk.toString('utf8').trim();
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
