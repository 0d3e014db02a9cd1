import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kafkaJars } from '@millrace/platform/testing/parts/kafka-jars';
import { versitygw } from '@millrace/platform/testing/parts/s3-second';
import { docker, dockerCan } from './engine.ts';

/** The compose file's services of somebody else's images, and what their stand-ins are made of besides a Dockerfile. */
const MADE_OF: Readonly<Record<string, { readonly folder: string; readonly files?: () => Promise<string> }>> = {
  postgres: { folder: 'postgres' },
  kafka: { folder: 'kafka', files: () => kafkaJars(new AbortController().signal) },
  s3: { folder: 'versitygw', files: () => versitygw(new AbortController().signal) },
  proxy: { folder: 'nginx' },
};

/**
 * For an image that cannot be pulled, one with the same program from a package registry, under a name of its own. Answers that
 * name, or undefined where the real image is to be had.
 */
export async function standIn(service: string, image: string): Promise<string | undefined> {
  if (dockerCan(['image', 'inspect', image]) || dockerCan(['pull', '--quiet', image])) return undefined;
  const made = MADE_OF[service];
  if (!made) throw new Error(`${image} cannot be pulled, and there is no stand-in for ${service}`);
  const name = `millrace-stand-in/${made.folder}`;
  const context = mkdtempSync(join(tmpdir(), 'millrace-stand-in-'));
  try {
    cpSync(fileURLToPath(new URL(`stand-ins/${made.folder}`, import.meta.url)), context, { recursive: true });
    if (made.files) cpSync(await made.files(), context, { recursive: true });
    docker(['build', '--quiet', '--tag', name, context]);
  } finally {
    rmSync(context, { recursive: true });
  }
  return name;
}
