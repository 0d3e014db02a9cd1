import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '../src/object-store/object-store.ts';
import { openObjectStore } from '../src/object-store/open-object-store.ts';

describe('the folder store and its file system', () => {
  let dir: string;
  let root: string;
  let store: ObjectStore;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'millrace-folder-'));
    root = join(dir, 'root');
    store = openObjectStore({ provider: 'folder', path: root });
  });
  afterEach(() => rm(dir, { recursive: true }));

  const put = (key: string, content = 'x') => store.put(key, Readable.from([Buffer.from(content)]));

  it('keeps objects as plain files under their own names', async () => {
    await put('1/run/artifacts/model.txt', 'weights');
    expect(await readFile(join(root, '1/run/artifacts/model.txt'), 'utf8')).toBe('weights');
  });

  it('refuses a file where a directory is, and a directory where a file is', async () => {
    await put('a/b');
    const clash = { code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('cannot share a name') };
    await expect(put('a')).rejects.toMatchObject(clash);
    await expect(put('a/b/c')).rejects.toMatchObject(clash);
    await expect(put('a/b/c/d')).rejects.toMatchObject(clash);
    expect(await readFile(join(root, 'a/b'), 'utf8')).toBe('x');
  });

  it('does not follow links out of its folder', async () => {
    await mkdir(root, { recursive: true });
    await writeFile(join(dir, 'secret'), 'secret');
    await mkdir(join(dir, 'outside/sub'), { recursive: true });
    await writeFile(join(dir, 'outside/file'), 'secret');
    await symlink(join(dir, 'secret'), join(root, 'link'));
    await symlink(join(dir, 'outside'), join(root, 'exit'));
    const outside = { code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('Invalid path') };

    await expect(store.get('link')).rejects.toMatchObject(outside);
    await expect(store.get('exit/file')).rejects.toMatchObject(outside);
    await expect(put('exit/new')).rejects.toMatchObject(outside);
    await expect(put('exit/new/dir/file')).rejects.toMatchObject(outside);
    await expect(store.list('exit')).rejects.toMatchObject(outside);
    await expect(store.delete('exit/file')).rejects.toMatchObject(outside);
    await expect(store.deleteTree('exit/sub')).rejects.toMatchObject(outside);
    expect(await store.deleteTree('exit')).toBe(0);
    expect((await store.list('')).entries).toEqual([]);
    expect(await readdir(join(dir, 'outside'))).toEqual(['file', 'sub']);
  });

  it('writes to a link itself, not to what it points to', async () => {
    await mkdir(root, { recursive: true });
    await writeFile(join(dir, 'secret'), 'secret');
    await symlink(join(dir, 'secret'), join(root, 'link'));
    await put('link', 'mine');
    expect(await readFile(join(dir, 'secret'), 'utf8')).toBe('secret');
    expect(await readFile(join(root, 'link'), 'utf8')).toBe('mine');
  });

  it('is reached through a link to its folder', async () => {
    await put('a', 'through');
    await symlink(root, join(dir, 'alias'));
    const alias = openObjectStore({ provider: 'folder', path: join(dir, 'alias') });
    expect(await alias.stat('a')).toMatchObject({ totalBytes: 7 });
  });

  it('hides its drafts and lets nobody into them', async () => {
    const body = new PassThrough();
    body.write('half');
    const putting = store.put('slow', body);
    await put('quick');
    expect((await store.list('')).entries.map(({ name }) => name)).toEqual(['quick']);
    for (const key of ['.millrace-uploads/x', '.Millrace-Uploads/x'])
      await expect(put(key)).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    body.end('full');
    await putting;
    expect(await readdir(join(root, '.millrace-uploads'))).toEqual([]);
  });

  it('sweeps up what a killed process left, but not what another one is writing', async () => {
    const drafts = join(root, '.millrace-uploads');
    await mkdir(drafts, { recursive: true });
    for (const name of ['old', 'young']) await writeFile(join(drafts, name), 'half');
    const twoHoursAgo = Date.now() / 1000 - 7200;
    await utimes(join(drafts, 'old'), twoHoursAgo, twoHoursAgo);
    await store.check();
    expect(await readdir(drafts)).toEqual(['young']);
  });

  it('says so when its folder cannot be made', async () => {
    await symlink(join(dir, 'not-mounted'), join(dir, 'volume'));
    const lost = openObjectStore({ provider: 'folder', path: join(dir, 'volume/deep/artifacts') });
    await expect(lost.check()).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
      message: expect.stringContaining(`Cannot write to the artifact folder ${dir}/volume/deep/artifacts: ENOENT`),
    });
    await mkdir(join(dir, 'not-mounted'));
    await expect(lost.check()).resolves.toBeUndefined();
  });

  it('does not wait for pipes that somebody put there', async () => {
    await put('file');
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await store.get('pipe')).toBeUndefined();
  });
});
