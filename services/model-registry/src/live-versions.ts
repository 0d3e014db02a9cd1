import { Lifecycle } from '@millrace/platform/lifecycle';
import { createLog } from '@millrace/platform/log';
import { openPool } from '@millrace/platform/postgres';
import { loadConfig } from './config.ts';
import { SCHEMA } from './migrations.ts';
import { type LiveVersion, listLiveVersions } from './store/version-files.ts';

const PAGE = 1_000;

/** Every version that is not deleted, with where its files are, by the settings of the service; throws ConfigError. */
export async function* liveVersions(env: NodeJS.ProcessEnv): AsyncGenerator<LiveVersion> {
  const { database, logLevel } = loadConfig(env);
  await using lifecycle = new Lifecycle();
  const pool = openPool({ ...database, size: 1, name: SCHEMA }, lifecycle, createLog('verify', logLevel));
  let last: Pick<LiveVersion, 'workspace' | 'modelId' | 'version'> = { workspace: '', modelId: 0, version: 0 };
  for (;;) {
    const page = await listLiveVersions(pool, last, PAGE);
    yield* page;
    const next = page.at(-1);
    if (!next) return;
    last = next;
  }
}
