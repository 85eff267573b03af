/**
 * The bytes of all images of a stack, as far as somebody asks about them as a whole.
 * @module
 */

import type { Traffic } from "../../host/block_source/block_source.ts";
import type { ReadableSource } from "../source_reader.ts";
import type { Layer } from "./layer.ts";

/** The sources of all layers. */
export class StackSource implements ReadableSource {
  readonly #layers: readonly Layer[];

  /** @param layers topmost first */
  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  /** What was opened is called after its topmost image. */
  get shownName(): string {
    return this.#layers[0]!.source.shownName;
  }

  /** Of that image alone, as `info` is. */
  get sizeBytes(): number {
    return this.#layers[0]!.source.sizeBytes;
  }

  get isLocal(): boolean {
    return this.#layers.every(({ source }) => source.isLocal);
  }

  get traffic(): Traffic | undefined {
    const known = this.#layers.flatMap(({ source }) => source.traffic ?? []);
    if (known.length === 0) return undefined;
    return {
      countRequests: known.reduce((sum, { countRequests }) => sum + countRequests, 0),
      countBytes: known.reduce((sum, { countBytes }) => sum + countBytes, 0),
    };
  }

  close(): void {
    for (const { source } of this.#layers) source.close();
  }
}
