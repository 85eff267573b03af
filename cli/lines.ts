/**
 * Many lines on stdout, written together.
 * @module
 */

import { OutputClosedError, writeBytes } from "./output.ts";

const BATCH_CHARACTERS = 65_536;
const encoder = new TextEncoder();

/** Collects lines; to be flushed in the end. */
export class Lines {
  #batch = "";

  /** @throws OutputClosedError when nobody reads any more. */
  add(line: string): void {
    this.#batch += line + "\n";
    if (this.#batch.length >= BATCH_CHARACTERS) this.flush();
  }

  /** Writes what was collected. @throws OutputClosedError when nobody reads any more. */
  flush(): void {
    const batch = this.#batch;
    this.#batch = "";
    if (!writeBytes(1, encoder.encode(batch))) throw new OutputClosedError();
  }
}
