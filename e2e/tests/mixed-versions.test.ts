import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@millrace/platform/testing/database';
import { post } from '../api.ts';
import { type Local, startLocal } from '../programs/local.ts';
import { checkOut, previousCommit } from '../programs/previous-version.ts';

const previous = previousCommit();

/** Both at once on one database, as during an upgrade: the schema is the new one's. */
if (typeof previous === 'string') {
  describe('two versions on one schema', () => it.skip(`needs an earlier version: ${previous}`, () => {}));
} else {
  describe(`this version and commit ${previous.commit.slice(0, 7)} on one schema`, () => {
    let database: TestDatabase;
    let folder: string;
    let versions: readonly (Local & { readonly name: string })[] = [];
    beforeAll(async () => {
      database = await createTestDatabase();
      folder = await mkdtemp(join(tmpdir(), 'millrace-mixed-'));
      const source = await mkdtemp(join(folder, 'source-'));
      checkOut(previous.commit, source);
      const data = join(folder, 'data');
      const env = { DATABASE_URL: database.url };
      const main = pathToFileURL(join(source, 'services/local/src/main.ts'));
      const now = { name: 'new', ...(await startLocal(data, { env })) };
      versions = [now, { name: 'old', ...(await startLocal(data, { env, main })) }];
    });
    afterAll(async () => {
      await Promise.all(versions.map((version) => version.stop()));
      await database?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    const accepted = async (url: string, path: string, body: object) => {
      const { status, body: answer } = await post(url, path, body);
      expect([path, status, status === 200 ? undefined : answer]).toEqual([path, 200, undefined]);
      return answer;
    };

    it('both write what the other one reads and goes on with', async () => {
      for (const [writer, reader] of [versions, versions.toReversed()] as [Local & { name: string }, Local][]) {
        const name = `by-${writer.name}`;
        const { experiment_id } = await accepted(writer.url, 'experiments/create', { name });
        const { run } = await accepted(writer.url, 'runs/create', {
          experiment_id,
          tags: [{ key: 'team', value: 'a' }],
        });
        const { run_id, artifact_uri } = (run as { info: { run_id: string; artifact_uri: string } }).info;
        const metrics = [1, 2, 3].map((step) => ({ key: 'loss', value: 1 / step, timestamp: step, step }));
        await accepted(writer.url, 'runs/log-batch', { run_id, metrics, params: [{ key: 'lr', value: '0.1' }] });
        await accepted(writer.url, 'registered-models/create', { name });
        await accepted(writer.url, 'model-versions/create', { name, source: `${artifact_uri}/model`, run_id });

        await accepted(reader.url, 'runs/log-metric', { run_id, key: 'loss', value: 0.1, timestamp: 4, step: 4 });
        await accepted(reader.url, 'model-versions/transition-stage', { name, version: '1', stage: 'Production' });
        await accepted(reader.url, 'registered-models/alias', { name, alias: 'champion', version: '1' });
        await accepted(reader.url, 'runs/update', { run_id, status: 'FINISHED', end_time: 5 });

        for (const { url } of versions) {
          const filter = "metrics.loss < 0.2 and params.lr = '0.1' and tags.team = 'a'";
          const { runs } = await accepted(url, 'runs/search', { experiment_ids: [experiment_id], filter });
          expect(runs).toMatchObject([{ info: { run_id, status: 'FINISHED' } }]);
          const latest = await accepted(url, 'registered-models/get-latest-versions', { name, stages: ['Production'] });
          expect(latest['model_versions']).toMatchObject([{ version: '1', run_id }]);
        }
      }
    });
  });
}
