/**
 * Many files that are read by turns, with few descriptors: one that was not read for long is closed,
 * and opened again when it is.
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";
import type { LocalFile } from "./local_file.ts";

/** Of the 256 to 1024 that a process may have. */
const MOST_OPEN = 64;

/** The files that share descriptors. */
export class Descriptors {
  /** Those with one, that which was read last at the end. */
  readonly #open = new Set<RestingFile>();

  /** @param most how many are open at a time */
  constructor(private readonly most: number = MOST_OPEN) {}

  /** A file that was just opened, and is opened again as often as is needed. */
  share(file: LocalFile, shownName: string, reopen: () => LocalFile): LocalFile {
    const resting = new RestingFile(file, shownName, reopen, this);
    this.use(resting);
    return resting;
  }

  /** A file is about to be read. */
  use(file: RestingFile): void {
    this.#open.delete(file);
    this.#open.add(file);
    if (this.#open.size <= this.most) return;
    const [longest] = this.#open;
    this.#open.delete(longest!);
    longest!.rest();
  }

  /** A file will not be read any more. */
  forget(file: RestingFile): void {
    this.#open.delete(file);
  }
}

class RestingFile implements LocalFile {
  readonly mode: number;
  readonly sizeBytes: number;
  readonly identity: string;
  #file: LocalFile | undefined;
  #isClosed = false;

  constructor(
    file: LocalFile,
    private readonly shownName: string,
    private readonly reopen: () => LocalFile,
    private readonly descriptors: Descriptors,
  ) {
    this.#file = file;
    this.mode = file.mode;
    this.sizeBytes = file.sizeBytes;
    this.identity = file.identity;
  }

  deviceBytes(): number {
    return this.#opened().deviceBytes();
  }

  read(offsetBytes: number, into: Uint8Array): number {
    return this.#opened().read(offsetBytes, into);
  }

  /** Gives its descriptor back until it is read. */
  rest(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.descriptors.forget(this);
    this.rest();
  }

  /** @throws EnvironmentError where another file has its name now, or it was written to */
  #opened(): LocalFile {
    if (this.#isClosed) throw new Error("a closed file is read");
    // The one that rests for it goes first: there may be no descriptor left.
    this.descriptors.use(this);
    if (this.#file !== undefined) return this.#file;
    let file: LocalFile | undefined;
    try {
      file = this.reopen();
      if (file.identity !== this.identity) {
        file.close();
        throw changed(this.shownName, "is another file than when it was opened, or was written to");
      }
    } catch (error) {
      this.descriptors.forget(this);
      throw error;
    }
    return this.#file = file;
  }
}

function changed(shownName: string, why: string): EnvironmentError {
  return new EnvironmentError(
    `cannot read ${shownName}: it ${why}. Leave images alone while they are read, and try again.`,
    "image-changed",
  );
}
