/** What `work` makes of each item, some at a time, in the order of the items. Takes no more items than it works on. */
export async function* inParallel<T, R>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const working: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    result.catch(() => {}); // it is waited for in its turn
    working.push(result);
    if (working.length >= most) yield (await working.shift()) as R;
  }
  for (const result of working) yield await result;
}
