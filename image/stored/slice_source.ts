/**
 * A stretch of another source, such as a partition of a whole disk.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { SourceOver } from "../../host/block_source/source_over.ts";

/** Closes the other one with itself. */
export class SliceSource extends SourceOver {
  readonly #layer: string;
  readonly #sizeBytes: number;

  /**
   * @param layer What it is, e.g. `partition 2`.
   * @param sizeBytes Where the other source ends before, so does this.
   */
  constructor(
    source: HostBlockSource,
    layer: string,
    readonly offsetBytes: number,
    sizeBytes: number,
  ) {
    super(source);
    this.#layer = layer;
    this.#sizeBytes = Math.max(0, Math.min(sizeBytes, source.sizeBytes - offsetBytes));
  }

  override get sizeBytes(): number {
    return this.#sizeBytes;
  }

  override get stored(): NonNullable<HostBlockSource["stored"]> {
    return { layer: this.#layer, source: this.beneath };
  }

  override read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    return super.read(this.offsetBytes + offsetBytes, into);
  }
}
