/**
 * A layer of what an image may be stored in: encrypted, compressed, split. Each is known by its magic
 * bytes, and read at any place without unpacking the rest.
 * @module
 */

import type { HostBlockSource, SourceOptions } from "../../host/block_source/block_source.ts";
import type { OpenImageOptions } from "../image_reader.ts";

/** What layers may need that the bytes do not hold. */
export interface UnwrapOptions
  extends
    SourceOptions,
    Pick<OpenImageOptions, "identities" | "askPassphrase" | "onMessage" | "onBroken"> {
  /** Where the outermost source is, as a user types it; missing where it has no place. */
  readonly location?: string;
}

/** What a layer is opened with. */
export interface LayerContext {
  readonly options: UnwrapOptions;
  /** How many layers lie around this one: 0 for what the user named. */
  readonly depth: number;
  /**
   * Opens what lies in the same folder, here or on the server, as the outermost source does.
   *
   * @param name Its name there.
   * @returns The caller's to close; `undefined` where the source has no place.
   * @throws EnvironmentError when it cannot be read.
   */
  openBeside(name: string): Promise<HostBlockSource | undefined>;
}

/** One kind of layer. */
export interface Layer {
  /** What it is called, e.g. `age`. */
  readonly name: string;
  /** Whether this is it. @param head The first bytes, {@linkcode HEAD_BYTES} where there are so many. */
  matches(head: Uint8Array, context: LayerContext): boolean;
  /**
   * Opens what is within. On success the new source owns the one beneath: its `close` closes both,
   * and its `stored` is that one. On failure the one beneath stays open.
   *
   * @returns `undefined` where a closer look shows that it is not this.
   * @throws EnvironmentError, CorruptImageError
   */
  open(source: HostBlockSource, context: LayerContext): Promise<HostBlockSource | undefined>;
}

/** So much of the beginning a layer may look at. */
export const HEAD_BYTES = 4096;
