/**
 * Pieces as the body of an answer: each is made when the last was sent.
 * @module
 */

/**
 * @param onEnd Called once: after the last piece, when making one failed, or when nobody wants more,
 * even where none was asked for.
 */
export function streamBody(
  pieces: AsyncGenerator<Uint8Array>,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done !== true) return controller.enqueue(value);
        onEnd();
        controller.close();
      } catch (error) {
        onEnd();
        controller.error(error);
      }
    },
    async cancel() {
      onEnd();
      await pieces.return(undefined);
    },
  }, { highWaterMark: 0 });
}
