import { Unavailable } from './part.ts';
import { exists, run } from './run.ts';

/** Builds one program of a published module, for this machine alone. */
export async function goInstall(program: string, folder: string, signal: AbortSignal): Promise<void> {
  if (!(await exists('go', ['version']))) throw new Unavailable(`Go 1.24 or newer is needed to build ${program}`);
  const env = { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  await run('nice', ['-n', '10', 'go', 'install', '-trimpath', '-ldflags', '-s -w', program], { env, signal });
}
