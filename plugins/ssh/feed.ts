/**
 * Bytes for a program's stdin.
 * @module
 */

/** Pieces that are at hand, or come from a file. */
export type Input = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes all of it.
 *
 * @returns Why the input could not be read; that the program takes no more is its own affair.
 */
export async function feed(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  input: Input,
): Promise<unknown> {
  let unread: unknown;
  let isTaken = true;
  try {
    for await (const bytes of input) {
      isTaken = await writer.write(bytes).then(() => true, () => false);
      if (!isTaken) break;
    }
  } catch (error) {
    unread = error;
  }
  // An input that ends too early must not look like a whole one.
  const end = unread === undefined ? writer.close() : writer.abort(unread);
  await end.catch(() => {});
  return unread;
}
