import type { Files } from '../files/files.ts';
import { proxiedFiles } from '../files/proxied-files.ts';
import { Failure } from '../load/connection.ts';
import type { Operation } from '../load/operation.ts';
import { forClients, NotSeeded, type Workload } from './workload.ts';

const KB = 1000;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const MANY = 10_000;
/** As run directories are named. */
const ROOT = `1/${'be'.repeat(16)}/artifacts`;

type Move = {
  readonly clients: number;
  readonly bytes: number;
  /** Called once per server, before the clients come. */
  readonly first?: (files: () => Files) => Promise<void>;
  readonly each: (files: Files, client: number) => () => Promise<unknown>;
};

function moving({ clients, bytes, first, each }: Move): Workload {
  return {
    clients,
    reads: false,
    moves: bytes,
    async prepare(_api, count, _seeded, { url, files: own }) {
      const files = own ?? (() => proxiedFiles(url));
      await first?.(files);
      return forClients(count, (client): Operation => each(files(), client));
    },
  };
}

const large = (client: number) => `${ROOT}/large-${client}`;

const putLarge = (clients: number) =>
  moving({ clients, bytes: GIB, each: (files, client) => () => files.put(large(client), GIB) });

const withLarge = (files: () => Files) => files().put(large(0), GIB);
const whole = async (bytes: Promise<number>, expected: number) => {
  if ((await bytes) !== expected) throw new Failure('other length', `not ${expected} bytes`);
};

const getLarge = (clients: number) =>
  moving({ clients, bytes: GIB, first: withLarge, each: (files) => () => whole(files.get(large(0)), GIB) });

const firstByte = moving({ clients: 1, bytes: 0, first: withLarge, each: (files) => () => files.firstByte(large(0)) });

/** Of MLflow's server the whole file comes. */
const getRange = moving({
  clients: 4,
  bytes: 8 * MIB,
  first: withLarge,
  each(files, client) {
    let at = client;
    return () => whole(files.range(large(0), ((at++ * 61) % 128) * 8 * MIB, 8 * MIB), 8 * MIB);
  },
});

const putInParts = moving({
  clients: 1,
  bytes: 1000 * MIB,
  each: (files) => async () => {
    if (!files.putParts) throw new NotSeeded('is how clients go through a server');
    await files.putParts(ROOT, 'in-parts', 100, 10 * MIB);
  },
});

const SMALL = 32;
const small = (number: number) => `${ROOT}/small-${number % 100}/file-${number}`;

/** Each file is new. */
const putSmall = moving({
  clients: SMALL,
  bytes: 10 * KB,
  each(files, client) {
    let [round, number] = [Date.now(), 0];
    return () => files.put(`${ROOT}/small-${round}-${client}/${number++}`, 10 * KB);
  },
});

const getSmall = moving({
  clients: SMALL,
  bytes: 10 * KB,
  first: (files) => fill(files, small, SMALL * 100),
  each(files, client) {
    let number = client * 100;
    return () => whole(files.get(small(number++ % (SMALL * 100))), 10 * KB);
  },
});

const FLAT = `${ROOT}/flat`;
const FOLDERS = `${ROOT}/folders`;

const listFlat = moving({
  clients: 1,
  bytes: 0,
  first: (files) => fill(files, (number) => `${FLAT}/${number}`, MANY),
  each: (files) => () => whole(files.list(FLAT), MANY),
});

/** As clients download a directory: first what is in it, then what is in each. */
const listFolders = moving({
  clients: 1,
  bytes: 0,
  first: (files) => fill(files, (number) => `${FOLDERS}/${number % 100}/${number}`, MANY),
  each: (files) => async () => {
    await whole(files.list(FOLDERS), 100);
    for (let folder = 0; folder < 100; folder++) await whole(files.list(`${FOLDERS}/${folder}`), MANY / 100);
  },
});

const FILLERS = 16;

/** Makes the files unless the last one is there. */
async function fill(files: () => Files, name: (number: number) => string, count: number): Promise<void> {
  const isThere = await files()
    .get(name(count - 1))
    .then(
      () => true,
      () => false,
    );
  if (isThere) return;
  const numbers = Array.from({ length: count }, (_, number) => number).values();
  const filler = async (client: Files) => {
    for (const number of numbers) await client.put(name(number), 10 * KB);
  };
  await Promise.all(forClients(FILLERS, () => filler(files())));
}

/** Files of runs, through the server and beside it. */
export const artifacts: Readonly<Record<string, Workload>> = {
  'artifact-put-1gib-c1': putLarge(1),
  'artifact-put-1gib-c4': putLarge(4),
  'artifact-put-100-parts': putInParts,
  'artifact-get-1gib-c1': getLarge(1),
  'artifact-get-1gib-c4': getLarge(4),
  'artifact-first-byte': firstByte,
  'artifact-get-range-c4': getRange,
  'artifact-put-10kb-c32': putSmall,
  'artifact-get-10kb-c32': getSmall,
  'artifact-list-10000': listFlat,
  'artifact-list-100-folders': listFolders,
};
