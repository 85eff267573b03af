/**
 * Several pieces of work, some of them at a time.
 * @module
 */

/** Does `work` for each item, `most` at a time, in their order. @throws what the first throws */
export async function inParallel<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const next = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, next));
}
