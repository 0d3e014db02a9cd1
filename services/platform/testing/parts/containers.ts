import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { Unavailable } from './part.ts';

export type Containers = typeof import('testcontainers') & { readonly host: string };

let engine: Promise<Containers | undefined> | undefined;

/** Undefined where no container engine answers. The library is slow to load, so only who asks pays for it. */
export function containers(): Promise<Containers | undefined> {
  engine ??= connect();
  return engine;
}

async function connect(): Promise<Containers | undefined> {
  // The library's own reaper is one more image to pull; the keeper ends what it started, whatever happens to the run.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const library = await import('testcontainers');
  try {
    const client = await library.getContainerRuntimeClient();
    return { ...library, host: client.info.containerRuntime.host };
  } catch {
    return undefined;
  }
}

/** An image that cannot be pulled is an ordinary thing on a closed network: the next way is tried. */
export async function startContainer(image: string, container: GenericContainer): Promise<StartedTestContainer> {
  try {
    return await container.start();
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    throw new Unavailable(`the container image ${image} does not start: ${line}`);
  }
}
