/**
 * Code that may have to wait for bytes, but usually does not.
 *
 * A {@link Reading} is a generator that yields a promise only when the source answered with one.
 * Over a local file it runs to its end without a single promise; so a listing of 100,000 inodes
 * costs no turn of the event loop an inode.
 * @module
 */

/** A computation that yields the promises it has to wait for, and returns a `T`. */
export type Reading<T> = Generator<Promise<void>, T, void>;

/** Runs a reading: at once where nothing has to be waited for, else as a promise. */
export function settle<T>(reading: Reading<T>): T | Promise<T> {
  const first = reading.next();
  return first.done === true ? first.value : settleLater(reading, first.value);
}

async function settleLater<T>(reading: Reading<T>, firstWait: Promise<void>): Promise<T> {
  let wait = firstWait;
  while (true) {
    const step = await wait.then(() => reading.next(), (error) => reading.throw(error));
    if (step.done === true) return step.value;
    wait = step.value;
  }
}
