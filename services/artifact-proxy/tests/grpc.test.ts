import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GrpcClient, grpcClient } from '@millrace/platform/contract/grpc-client';
import { ArtifactService } from '@millrace/proto/artifacts/v1/artifacts';
import { type RunningProxy, startProxy } from './_service.ts';

describe('what other services ask', () => {
  let proxy: RunningProxy;
  let client: GrpcClient<typeof ArtifactService>;

  beforeAll(async () => {
    proxy = await startProxy();
    const identity = { actor: 'tester', workspace: 'default' };
    client = grpcClient(ArtifactService, `127.0.0.1:${proxy.grpcPort}`, { deadlineMs: 10_000, identity });
    for (const name of ['a', 'b', 'c', 'd', 'empty']) await proxy.put(`1/dir/${name}`, name === 'empty' ? '' : 'four');
    await proxy.put('1/dir/sub/file', 'x');
  });
  afterAll(async () => {
    client?.close();
    await proxy?.close();
  });

  it('is what lies in a directory, by name, with the size of every file', async () => {
    const { files, nextPageToken } = await client.listArtifacts({ path: '1/dir' });
    expect(files.map(({ path, isDir, fileSize }) => [path, isDir, fileSize])).toEqual([
      ['a', false, 4n],
      ['b', false, 4n],
      ['c', false, 4n],
      ['d', false, 4n],
      ['empty', false, 0n],
      ['sub', true, undefined],
    ]);
    expect(nextPageToken).toBe('');
  });

  it('comes page by page', async () => {
    const names: string[] = [];
    let pageToken = '';
    do {
      const page = await client.listArtifacts({ path: '1/dir', maxResults: 4, pageToken });
      names.push(...page.files.map(({ path }) => path));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(names).toEqual(['a', 'b', 'c', 'd', 'empty', 'sub']);
  });

  it('is empty for what is not there and for a file', async () => {
    expect((await client.listArtifacts({ path: '1/nowhere' })).files).toEqual([]);
    expect((await client.listArtifacts({ path: '1/dir/a' })).files).toEqual([]);
  });

  it('is the size, tag and time of one file', async () => {
    const stat = await client.statArtifact({ path: '1/dir/a' });
    expect(stat.fileSize).toBe(4n);
    expect(stat.etag).toBe((await proxy.head('1/dir/a')).headers.get('etag'));
    expect(Math.abs(Number(stat.modifiedAt) - Date.now())).toBeLessThan(60_000);
    for (const path of ['1/dir', '1/dir/a/', '1/dir/missing'])
      await expect(client.statArtifact({ path })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  });

  it('puts a small file, in place of what was there', async () => {
    for (const text of ['first', '']) {
      await client.putArtifact({ path: '1/put/größe.txt', content: Buffer.from(text) });
      expect(await (await proxy.get('1/put/größe.txt')).text()).toBe(text);
    }
    const content = Buffer.from('x');
    for (const path of ['1/../2', '/etc/x', '1/put/', '1/put'])
      await expect(client.putArtifact({ path, content })).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  it('is the hash of a file, the same as HTTP and the event say, as long as it is the same file', async () => {
    const sha256 = createHash('sha256').update('hashed').digest('hex');
    await proxy.put('2/hashed', 'hashed');
    expect(await client.statArtifact({ path: '2/hashed' })).toMatchObject({ sha256 });
    const digest = (await proxy.head('2/hashed')).headers.get('repr-digest');
    expect(digest).toBe(`sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
    await writeFile(join(proxy.folder, 'artifacts/2/hashed'), 'changed behind our back');
    expect((await client.statArtifact({ path: '2/hashed' })).sha256).toBeUndefined();
    expect((await proxy.head('2/hashed')).headers.get('repr-digest')).toBeNull();
  });

  it('is a small file, whole', async () => {
    await proxy.put('2/MLmodel', 'flavors: {}');
    const { content, etag } = await client.readArtifact({ path: '2/MLmodel' });
    expect(Buffer.from(content).toString()).toBe('flavors: {}');
    expect(etag).toBe((await proxy.head('2/MLmodel')).headers.get('etag'));
    await proxy.put('2/large', new Uint8Array(2 ** 20 + 1));
    await expect(client.readArtifact({ path: '2/large' })).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    await expect(client.readArtifact({ path: '2' })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  });

  it('is that a file or directory be deleted', async () => {
    for (const name of ['a', 'b', 'c/d']) await proxy.put(`3/gone/${name}`, 'x');
    expect((await client.deleteArtifacts({ path: '3/gone/a' })).files).toBe(1n);
    expect((await client.deleteArtifacts({ path: '3/gone' })).files).toBe(2n);
    expect((await client.deleteArtifacts({ path: '3/gone' })).files).toBe(0n);
    expect(await proxy.list('3/gone')).toEqual({});
    await expect(client.deleteArtifacts({ path: '3/../..' })).rejects.toMatchObject({ message: 'Invalid path' });
    await expect(client.deleteArtifacts({ path: '/' })).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
  });

  it('is how clients may move bytes', async () => {
    expect(await client.getTransferModes({})).toMatchObject({ multipartUploads: false, multipartDownloads: false });
  });

  it('has safe paths only', async () => {
    const refused = { code: 'INVALID_PARAMETER_VALUE', message: 'Invalid path' };
    await expect(client.listArtifacts({ path: '1/../..' })).rejects.toMatchObject(refused);
    await expect(client.statArtifact({ path: '/etc/passwd' })).rejects.toMatchObject(refused);
    await expect(client.statArtifact({ path: '' })).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    await expect(client.listArtifacts({ path: '1', maxResults: -1 })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    });
  });

  it('is asked within one workspace', async () => {
    const guest = { actor: 'guest', workspace: 'team-a' };
    expect((await client.listArtifacts({ path: '1/dir' }, guest)).files).toEqual([]);
    await expect(client.listArtifacts({ path: 'workspaces/team-b/1' }, guest)).rejects.toMatchObject({
      message: expect.stringContaining("targets workspace 'team-b'"),
    });
    expect((await client.listArtifacts({ path: 'workspaces/team-a/1' }, guest)).files).toEqual([]);
  });
});
