import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { createTestDatabase } from '@millrace/platform/testing/database';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { s3Settings } from '@millrace/platform/testing/s3';
import { multipart } from './_multipart.ts';
import { startProxyProcess } from './_process.ts';
import { s3Env } from './_s3.ts';
import { API } from './_service.ts';

const MIB = 1024 * 1024;

describeWith('s3', 'a process that may write no file', () => {
  it('moves files of all sizes, with the credentials of its role', async () => {
    await using database = await createTestDatabase();
    const settings = await s3Settings();
    const { accessKeyId, secretAccessKey } = settings.credentials;
    // as a pod of a cluster, or a container, is told who it is
    const role = createServer((_req, res) =>
      res.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          Token: '',
          Expiration: new Date(Date.now() + 3_600_000).toISOString(),
        }),
      ),
    ).listen(0, '127.0.0.1');
    await once(role, 'listening');
    const proxy = await startProxyProcess(
      {
        ...s3Env(settings),
        S3_ACCESS_KEY_ID: undefined,
        S3_SECRET_ACCESS_KEY: undefined,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${(role.address() as AddressInfo).port}/`,
        DATABASE_URL: database.url,
        TRACKING_GRPC: '127.0.0.1:1',
      },
      ['--permission', '--allow-fs-read=*'],
    );
    const root = `http://127.0.0.1:${proxy.port}`;
    const url = (path: string) => `${root}${API}/artifacts/1/${path}`;
    for (const size of [0, 10, 20 * MIB]) {
      expect((await fetch(url(`${size}`), { method: 'PUT', body: new Uint8Array(size).fill(1) })).status).toBe(200);
      expect((await (await fetch(url(`${size}`))).arrayBuffer()).byteLength).toBe(size);
    }
    const client = multipart(() => ({ root }));
    const { upload_id, credentials } = await client.create('1', 'parts', 1);
    const parts = await Promise.all(credentials.map((credential) => client.send(credential, 'x')));
    expect((await client.complete('1', 'parts', upload_id, parts)).status).toBe(200);
    expect(await (await fetch(`${root}${API}/artifacts?path=1`)).json()).toMatchObject({
      files: [{ path: '0' }, { path: '10' }, { path: String(20 * MIB) }, { path: 'parts' }],
    });
    await proxy.kill();
    role.close();
    role.closeAllConnections();
  });
});
