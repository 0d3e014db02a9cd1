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
