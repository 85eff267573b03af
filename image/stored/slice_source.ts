/**
 * A stretch of another source, such as a partition of a whole disk.
 * @module
 */

import type { HostBlockSource, Traffic } from "../../host/block_source/block_source.ts";

/** Closes the other one with itself. */
export class SliceSource implements HostBlockSource {
  readonly stored: { readonly layer: string; readonly source: HostBlockSource };
  readonly sizeBytes: number;

  /**
   * @param layer What it is, e.g. `partition 2`.
   * @param sizeBytes Where the other source ends before, so does this.
   */
  constructor(
    private readonly source: HostBlockSource,
    layer: string,
    readonly offsetBytes: number,
    sizeBytes: number,
  ) {
    this.stored = { layer, source };
    this.sizeBytes = Math.max(0, Math.min(sizeBytes, source.sizeBytes - offsetBytes));
  }

  get shownName(): string {
    return this.source.shownName;
  }

  get isLocal(): boolean {
    return this.source.isLocal;
  }

  get traffic(): Traffic | undefined {
    return this.source.traffic;
  }

  read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    return this.source.read(this.offsetBytes + offsetBytes, into);
  }

  close(): void {
    this.source.close();
  }
}
