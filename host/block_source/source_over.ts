/**
 * A source over another one: what it does not change, it has of the other.
 * @module
 */

import type { HostBlockSource, Traffic } from "./block_source.ts";

/** Passes everything on; subclasses say what differs. */
export abstract class SourceOver implements HostBlockSource {
  /** @param beneath The other source, which is closed with this one. */
  constructor(protected readonly beneath: HostBlockSource) {}

  get sizeBytes(): number {
    return this.beneath.sizeBytes;
  }

  get shownName(): string {
    return this.beneath.shownName;
  }

  get isLocal(): boolean {
    return this.beneath.isLocal;
  }

  get traffic(): Traffic | undefined {
    return this.beneath.traffic;
  }

  get stored(): HostBlockSource["stored"] {
    return this.beneath.stored;
  }

  read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    return this.beneath.read(offsetBytes, into);
  }

  close(): void {
    this.beneath.close();
  }
}
