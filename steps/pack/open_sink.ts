/**
 * Where an image goes, and who takes its buffers on the way.
 * @module
 */

import { makeRing, type RingMemory } from "../../host/threads/ring.ts";
import { fileSink, type Sink } from "./sink.ts";
import { stdoutSink } from "./stdout_sink.ts";
import { ThreadSink } from "./thread_sink.ts";

/** Below this, starting a thread takes longer than the writing. */
const LARGE_IMAGE_BYTES = 64 * 2 ** 20;

/**
 * Opens it.
 *
 * @param path of a file that exists and is empty; `-` is stdout
 * @param image `isRead`: whether it is read meanwhile; `needsDigests`: whether its files are digested
 * @returns the ring as well: the first who takes its buffers digests the image, the last its files
 */
export function openSink(
  path: string,
  image: {
    readonly sizeBytes: number;
    readonly isRead: boolean;
    readonly needsDigests: boolean;
  },
): { readonly ring: RingMemory; readonly sink: Sink } {
  const countDigesting = image.needsDigests ? 2 : 1;
  if (path === "-") return { ring: makeRing(countDigesting), sink: stdoutSink() };
  if (image.isRead || image.sizeBytes < LARGE_IMAGE_BYTES) {
    return { ring: makeRing(countDigesting), sink: fileSink(path, image.isRead) };
  }
  const ring = makeRing(countDigesting + 1);
  return { ring, sink: new ThreadSink(path, ring, 1) };
}
