import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from './cache.ts';
import { goInstall } from './go-install.ts';
import type { Part, Surroundings } from './part.ts';
import { progress } from './progress.ts';
import { freePort, startProcess } from './server-process.ts';

const MODULE = 'github.com/versity/versitygw/cmd/versitygw';
const VERSION = 'v1.8.0';
const KEYS = { id: 'second', secret: 'second-secret' };

/** Another implementation of S3 than the first, so that we rely on what S3 promises and not on what one server does. */
export async function nativeSecondS3({ folder, stopping }: Surroundings): Promise<Part> {
  const home = await versitygw(stopping);
  const data = join(folder, 's3-second');
  for (const part of ['objects', 'meta']) mkdirSync(join(data, part), { recursive: true });
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const stop = await startProcess({
    command: join(home, 'versitygw'),
    args: ['--port', new URL(endpoint).host, 'posix', '--sidecar', join(data, 'meta'), join(data, 'objects')],
    env: { ...process.env, ROOT_ACCESS_KEY: KEYS.id, ROOT_SECRET_KEY: KEYS.secret },
    logFile: join(data, 'versitygw.log'),
    ready: () => answers(endpoint),
    stopping,
  });
  const env = {
    TEST_S3_SECOND_ENDPOINT: endpoint,
    TEST_S3_SECOND_ACCESS_KEY_ID: KEYS.id,
    TEST_S3_SECOND_SECRET_ACCESS_KEY: KEYS.secret,
  };
  return { from: `versitygw ${VERSION}`, env, stop };
}

/** The folder with the program, built once. */
export function versitygw(signal: AbortSignal): Promise<string> {
  const fill = async (target: string) => {
    progress('s3-second: building versitygw (about two minutes of one core, once)');
    await goInstall(`${MODULE}@${VERSION}`, target, signal);
  };
  return cachedFolder({ name: `versitygw-${VERSION}`, marker: 'versitygw', fill });
}

/** Whatever it says to somebody without credentials. */
function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
