/** One line about the preparation of real parts, on standard error so that a program's own output stays clean. */
export function progress(line: string): void {
  process.stderr.write(`[parts] ${line}\n`);
}

/** Runs `work` and prints how long it took when that was long enough to wonder about. */
export async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  progress(`${what} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return result;
}
