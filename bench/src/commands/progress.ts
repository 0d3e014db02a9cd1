/** For whoever waits; the report alone goes to standard output. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
