/**
 * What the streaming form of a step does with the bytes.
 * @module
 */

import type { Image, Payload } from "./image.ts";

/**
 * The streaming form of a step: it takes the bytes of the payload while they are made, so that no
 * second copy is needed. Either `transform` or `sink` is there.
 */
export interface ByteStage {
  /** Turns the payload into another, e.g. its encrypted form; a `CompressionStream` is one. */
  readonly transform?: {
    /** Gives the bytes of what is made. */
    readonly readable: ReadableStream<Uint8Array>;
    /** Takes the bytes of the payload. */
    readonly writable: WritableStream<BufferSource> | WritableStream<Uint8Array>;
  };
  /** The name of what `transform` makes, e.g. `photos.img.age`. */
  readonly name?: string;
  /** Takes the payload away, e.g. to a server. Closing it must not make it final yet. */
  readonly sink?: WritableStream<Uint8Array>;
  /**
   * Called when it is the step's turn in the pipeline: all bytes have gone through, and every step
   * before it has succeeded. A sink makes final here what it stored, and returns the new image. It is
   * called for the reason as well when the sink fails without one; the build fails all the same.
   *
   * @param stored What went into this stage: its size and digests.
   */
  finish?(image: Image, stored: Payload): Promise<Image | void>;
  /**
   * Called when the build fails before `finish` was called, or `finish` itself fails: nothing that
   * was stored may remain.
   */
  abort?(reason: unknown): Promise<void>;
}

/** Where a stage takes bytes; a `CompressionStream` takes those of any buffer. */
export function takerOf({ transform, sink }: ByteStage): WritableStream<Uint8Array> | undefined {
  return transform?.writable as WritableStream<Uint8Array> | undefined ?? sink;
}
