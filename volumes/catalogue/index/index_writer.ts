/**
 * Writes the index of a volume.
 * @module
 */

import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { DIGEST_BYTES, FLAG, INDEX_MAGIC, METADATA_BYTES, PIECE } from "./index_format.ts";
import type { IndexedFile, IndexedFolder, IndexedMetadata, IndexedVolume } from "./indexed.ts";

const BUFFER_BYTES = 1 << 20;
const encoder = new TextEncoder();

/** Takes folders in order, each followed by its files in order; ends with `finish` or `discard`. */
export class IndexWriter {
  readonly #partial: string;
  readonly #fd: number;
  readonly #hash = createHash("sha256");
  readonly #bytes = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #isOpen = true;
  #countFolders = 0;
  #countFiles = 0;

  /** Begins the file, under another name until it is whole. */
  constructor(private readonly path: string, volume: IndexedVolume) {
    this.#partial = `${path}.partial`;
    this.#fd = openSync(this.#partial, "w", 0o600);
    this.#add(INDEX_MAGIC);
    const header = encoder.encode(JSON.stringify(volume));
    this.#room(4);
    this.#u32(header.length);
    this.#add(header);
  }

  /** Adds a folder. */
  folder(folder: IndexedFolder): void {
    this.#countFolders++;
    this.#room(1 + METADATA_BYTES + 4);
    this.#metadata(PIECE.folder, folder);
    this.#u32(folder.path.length);
    this.#add(folder.path);
  }

  /** Adds a file to the folder before it. */
  file(file: IndexedFile): void {
    this.#countFiles++;
    this.#room(1 + METADATA_BYTES + 9 + DIGEST_BYTES + 2 + file.name.length);
    this.#metadata(PIECE.file, file);
    const { digest, hasHoles } = file;
    this.#bytes[this.#length++] = (digest === undefined ? 0 : FLAG.digest) |
      (hasHoles ? FLAG.holes : 0);
    this.#f64(file.sizeBytes);
    if (digest !== undefined) this.#put(digest);
    this.#view.setUint16(this.#length, file.name.length, true);
    this.#length += 2;
    this.#put(file.name);
  }

  /** Ends it: it is complete, on the disk, and has its name. */
  finish(): void {
    this.#room(17);
    this.#bytes[this.#length++] = PIECE.end;
    this.#f64(this.#countFolders);
    this.#f64(this.#countFiles);
    this.#flush();
    writeAll(this.#fd, this.#hash.digest());
    fsyncSync(this.#fd);
    this.#close();
    renameSync(this.#partial, this.path);
  }

  /** Removes what was written, unless it is finished. */
  discard(): void {
    if (!this.#isOpen) return;
    this.#close();
    rmSync(this.#partial, { force: true });
  }

  #close(): void {
    this.#isOpen = false;
    closeSync(this.#fd);
  }

  #metadata(piece: number, of: IndexedMetadata): void {
    this.#bytes[this.#length++] = piece;
    this.#u32(of.mode);
    this.#u32(of.uid);
    this.#u32(of.gid);
    this.#f64(of.seconds);
    this.#u32(of.nanoseconds);
    this.#view.setUint16(this.#length, of.layer, true);
    this.#length += 2;
  }

  #u32(value: number): void {
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  #f64(value: number): void {
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  #put(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Adds bytes of any length. */
  #add(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      this.#room(1);
      const part = bytes.subarray(done, done + BUFFER_BYTES - this.#length);
      this.#put(part);
      done += part.length;
    }
  }

  #room(countBytes: number): void {
    if (this.#length + countBytes > BUFFER_BYTES) this.#flush();
  }

  #flush(): void {
    const part = this.#bytes.subarray(0, this.#length);
    this.#hash.update(part);
    writeAll(this.#fd, part);
    this.#length = 0;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}
