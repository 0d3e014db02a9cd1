import { once } from 'node:events';

/** Ends what the set-up started, and waits for it. */
export default async function tearDown(): Promise<void> {
  const keeper = globalThis.keeperOfParts;
  if (keeper === undefined || keeper.exitCode !== null) return;
  keeper.stdin?.end();
  await once(keeper, 'exit');
}
