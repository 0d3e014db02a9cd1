/** `0007_contract_0005_drop_x` takes away what a version that knows 0005, or a later one, does without. */
const CONTRACT = /^\d+_contract_(\d+)_/;

/**
 * Which of the migrations that a version does not know it cannot work with: those that contract beyond what it knows. All
 * others only expand, and leave what it needs where it is.
 */
export function breaking(unknown: readonly string[], known: readonly string[]): string[] {
  const newest = Math.max(0, ...known.map((name) => Number.parseInt(name, 10)));
  return unknown.filter((name) => Number(CONTRACT.exec(name)?.[1] ?? 0) > newest);
}

/** Builds its indexes while others write, which PostgreSQL does outside of transactions only. */
export function isConcurrent(name: string): boolean {
  return name.endsWith('_concurrently');
}
