import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { MLFLOW_CLIENTS, pythonWithMlflow } from '@millrace/platform/testing/python';
import { s3Settings } from '@millrace/platform/testing/s3';
import pg from 'pg';
import { ownCertificate } from './_certificate.ts';
import { startFaultyS3 } from './_faulty-s3.ts';
import { s3Env } from './_s3.ts';
import { startProxy } from './_service.ts';

const MIB = 1024 * 1024;
const SCRIPT = new URL('_large_file.py', import.meta.url).pathname;
const ROOT = `9/${'ab'.repeat(16)}/artifacts`;
const IN_PARTS = {
  MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: 'true',
  MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: '1',
  MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: String(5 * MIB),
};
const execute = promisify(execFile);

describeWith('python', 'a large file that the MLflow client sends in parts and gets back,', () => {
  describeWith('s3', 'into a folder, and into S3 with a certificate of its own,', () => {
    const tls = ownCertificate();
    let s3: Awaited<ReturnType<typeof startFaultyS3>>;
    let inS3: Record<string, string | undefined>;
    beforeAll(async () => {
      const settings = await s3Settings();
      s3 = await startFaultyS3(settings.endpoint, tls.options);
      inS3 = { ...s3Env({ ...settings, endpoint: s3.endpoint }), S3_CA_FILE: tls.cert };
    });
    afterAll(async () => {
      await s3?.close();
      tls.remove();
    });

    async function sendsAndGets(client: (typeof MLFLOW_CLIENTS)[number], env: Record<string, string | undefined>) {
      const proxy = await startProxy(env);
      const database = new pg.Pool({ connectionString: proxy.databaseUrl });
      const pastUs = env['ARTIFACT_TRANSFER_MODE'] !== undefined;
      const settings = {
        PATH: process.env['PATH'],
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
        PYTHONDONTWRITEBYTECODE: '1',
        ...IN_PARTS,
        ...(pastUs && { MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD: 'true', REQUESTS_CA_BUNDLE: tls.cert }),
      };
      const args = [SCRIPT, proxy.root, `mlflow-artifacts:/${ROOT}`, String(12 * MIB)];
      try {
        await execute(await pythonWithMlflow(client), args, { env: settings });
        const { rows } = await database.query('select path, by_client, state from artifacts.upload');
        expect(rows).toEqual([{ path: `${ROOT}/deep/model/modèle 1+.bin`, by_client: true, state: 'done' }]);
      } finally {
        await database.end();
        await proxy.close();
      }
    }

    it.each(MLFLOW_CLIENTS)('is the same: %s, into a folder', (client) => sendsAndGets(client, {}));
    it.each(MLFLOW_CLIENTS)('is the same: %s, into S3 past us', (client) =>
      sendsAndGets(client, { ...inS3, ARTIFACT_TRANSFER_MODE: 'presigned' }),
    );
    it('is the same: newest, into S3 through us', () => sendsAndGets('newest', inS3));
  });
});
