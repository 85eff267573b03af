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

/** The same for lines of any bytes. */
export class ByteLines {
  #batch = new Uint8Array(BATCH_CHARACTERS);
  #length = 0;

  /** @throws OutputClosedError when nobody reads any more. */
  add(line: Uint8Array): void {
    if (this.#length + line.length >= this.#batch.length) this.flush();
    if (line.length >= this.#batch.length) this.#batch = new Uint8Array(2 * line.length);
    this.#batch.set(line, this.#length);
    this.#length += line.length;
    this.#batch[this.#length++] = NEWLINE;
  }

  /** Writes what was collected. @throws OutputClosedError when nobody reads any more. */
  flush(): void {
    const length = this.#length;
    this.#length = 0;
    if (!writeBytes(1, this.#batch.subarray(0, length))) throw new OutputClosedError();
  }
}

const NEWLINE = 0x0a;
