import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { type ArtifactVerification, openVerification } from '@millrace/artifact-proxy/verification';
import { liveVersions } from '@millrace/model-registry/live-versions';
import type { Print } from '@millrace/platform/commands/run-command';
import { ConfigError } from '@millrace/platform/config';
import { inParallel } from '@millrace/platform/in-parallel';
import { z } from 'zod';

export type VerifyFlags = { readonly read: boolean; readonly inventory?: string };

type Tally = { readonly name: string; checked: number; bad: number };

const AT_A_TIME = 16;
const Line = z.object({ key: z.string(), sizeBytes: z.number() });

/** Prints every object of the store as a line of JSON. */
export async function listInventory(env: NodeJS.ProcessEnv, print: Print): Promise<number> {
  const store = openVerification(env);
  try {
    for await (const found of store.inventory()) print(JSON.stringify(found));
    return 0;
  } finally {
    await store.close();
  }
}

/** Whether what the database names is in the store, as it was. Answers the exit code: 1 when something is missing or changed. */
export async function verify({ read, inventory }: VerifyFlags, env: NodeJS.ProcessEnv, print: Print): Promise<number> {
  const store = openVerification(env);
  try {
    const tallies = [
      await objects('objects whose SHA-256 is known', store.digests(read), print),
      await versions(store, env, print),
    ];
    if (inventory !== undefined)
      tallies.push(await objects('objects of the inventory', store.against(linesOf(inventory)), print));
    for (const { name, checked, bad } of tallies)
      print(`${checked} ${name}: ${bad === 0 ? 'all there' : `${bad} bad`}`);
    return tallies.every(({ bad }) => bad === 0) ? 0 : 1;
  } finally {
    await store.close();
  }
}

async function objects(
  name: string,
  states: AsyncIterable<{ readonly key: string; readonly state: string }>,
  print: Print,
): Promise<Tally> {
  const tally = { name, checked: 0, bad: 0 };
  for await (const { key, state } of states) {
    tally.checked++;
    if (state === 'good') continue;
    tally.bad++;
    print(`${state}: ${key}`);
  }
  return tally;
}

/** A version whose files lie elsewhere, in a bucket of somebody else's, cannot be looked for. */
async function versions(store: ArtifactVerification, env: NodeJS.ProcessEnv, print: Print): Promise<Tally> {
  const tally = { name: 'model versions with files in this store', checked: 0, bad: 0 };
  const looked = inParallel(liveVersions(env), AT_A_TIME, async (version) => ({
    ...version,
    isThere: await store.isThere(version.workspace, version.path),
  }));
  for await (const { workspace, name, version, path, isThere } of looked) {
    if (isThere === undefined) continue;
    tally.checked++;
    if (isThere) continue;
    tally.bad++;
    print(`missing: files of version ${version} of model '${name}' in workspace '${workspace}': ${path}`);
  }
  return tally;
}

async function* linesOf(file: string): AsyncGenerator<z.infer<typeof Line>> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    number++;
    const parsed = Line.safeParse(parse(line));
    if (!parsed.success) throw new ConfigError(`Line ${number} of ${file} is none of an inventory.`);
    yield parsed.data;
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
