/**
 * Reads the index of a volume from front to back.
 * @module
 */

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { EnvironmentError } from "../../../host/environment_error.ts";
import { printable } from "../../../host/libc/paths.ts";
import { DIGEST_BYTES, FLAG, INDEX_MAGIC, METADATA_BYTES, PIECE } from "./index_format.ts";
import type { IndexedFile, IndexedFolder, IndexedMetadata, IndexedVolume } from "./indexed.ts";

const READ_BYTES = 256 << 10;

/**
 * Stands at a folder, and within it at a file. Between two reads the file is closed: there may be
 * more volumes than a process may have open files.
 */
export class IndexCursor {
  readonly volume: IndexedVolume;
  /** The folder it stands at; `undefined` at the end. */
  folder: IndexedFolder | undefined;
  /** The file of that folder it stands at; `undefined` behind the last. */
  file: IndexedFile | undefined;
  readonly #hash = createHash("sha256");
  #bytes = new Uint8Array(0);
  #at = 0;
  /** Up to where the digest has been made. */
  #hashed = 0;
  #offset = 0;
  #countFolders = 0;
  #countFiles = 0;

  /** Opens an index. @throws EnvironmentError `bad-index` */
  constructor(private readonly path: string) {
    const magic = this.#take(INDEX_MAGIC.length);
    if (!INDEX_MAGIC.every((byte, i) => byte === magic[i])) this.#fail("it is no such file");
    this.volume = this.#readVolume();
    this.#next();
  }

  /** Goes on to the next folder. @throws EnvironmentError `bad-index` */
  nextFolder(): void {
    while (this.file !== undefined) this.nextFile();
    this.folder = this.#waiting;
    this.#waiting = undefined;
    if (this.folder !== undefined) this.nextFile();
  }

  /** Goes on to the next file of the folder. @throws EnvironmentError `bad-index` */
  nextFile(): void {
    this.file = undefined;
    const piece = this.#take(1)[0];
    if (piece === PIECE.file) this.file = this.#readFile();
    else if (piece === PIECE.folder) this.#waiting = this.#readFolder();
    else if (piece === PIECE.end) this.#end();
    else this.#fail("a piece of it is of an unknown kind");
  }

  /** The folder that was met behind the last file. */
  #waiting: IndexedFolder | undefined;

  #next(): void {
    this.nextFile();
    this.nextFolder();
  }

  #readVolume(): IndexedVolume {
    const text = new TextDecoder().decode(this.#take(this.#u32()));
    try {
      return JSON.parse(text) as IndexedVolume;
    } catch {
      return this.#fail("its header is broken");
    }
  }

  #readFolder(): IndexedFolder {
    this.#countFolders++;
    const metadata = this.#metadata();
    return { ...metadata, path: this.#take(this.#u32()).slice() };
  }

  #readFile(): IndexedFile {
    this.#countFiles++;
    const { mode, uid, gid, seconds, nanoseconds, layer } = this.#metadata();
    const fixed = this.#take(9);
    const flags = fixed[0]!;
    const sizeBytes = viewOf(fixed).getFloat64(1, true);
    const digest = (flags & FLAG.digest) === 0 ? undefined : this.#take(DIGEST_BYTES).slice();
    const name = this.#take(viewOf(this.#take(2)).getUint16(0, true)).slice();
    const hasHoles = (flags & FLAG.holes) !== 0;
    return { mode, uid, gid, seconds, nanoseconds, layer, name, sizeBytes, digest, hasHoles };
  }

  #metadata(): IndexedMetadata {
    const view = viewOf(this.#take(METADATA_BYTES));
    return {
      mode: view.getUint32(0, true),
      uid: view.getUint32(4, true),
      gid: view.getUint32(8, true),
      seconds: view.getFloat64(12, true),
      nanoseconds: view.getUint32(20, true),
      layer: view.getUint16(24, true),
    };
  }

  #end(): void {
    const end = this.#take(16 + DIGEST_BYTES);
    const view = viewOf(end);
    const isCounted = view.getFloat64(0, true) === this.#countFolders &&
      view.getFloat64(8, true) === this.#countFiles;
    this.#hashTo(this.#at - DIGEST_BYTES);
    const digest = this.#hash.digest();
    const stored = end.subarray(16);
    if (!isCounted || !digest.every((byte, i) => byte === stored[i])) {
      this.#fail("its digest is wrong");
    }
  }

  #u32(): number {
    return viewOf(this.#take(4)).getUint32(0, true);
  }

  /** The next bytes, valid until the next call. */
  #take(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) this.#read(count);
    return this.#bytes.subarray(this.#at, this.#at += count);
  }

  #read(count: number): void {
    this.#hashTo(this.#at);
    if (count > READ_BYTES && count > statSync(this.path).size) this.#fail("it ends too early");
    const rest = this.#bytes.subarray(this.#at);
    const bytes = new Uint8Array(Math.max(READ_BYTES, count) + rest.length);
    bytes.set(rest);
    let length = rest.length;
    const fd = openSync(this.path, "r");
    try {
      while (length < bytes.length) {
        const got = readSync(fd, bytes, length, bytes.length - length, this.#offset);
        if (got === 0) break;
        length += got;
        this.#offset += got;
      }
    } finally {
      closeSync(fd);
    }
    if (length < count) this.#fail("it ends too early");
    this.#bytes = bytes.subarray(0, length);
    [this.#at, this.#hashed] = [0, 0];
  }

  #hashTo(end: number): void {
    this.#hash.update(this.#bytes.subarray(this.#hashed, end));
    this.#hashed = end;
  }

  #fail(why: string): never {
    throw new EnvironmentError(
      `cannot read the index ${
        printable(this.path)
      }: ${why}. Remove it; it is made anew from the ` +
        "image.",
      "bad-index",
    );
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
