/**
 * Reads the files of an image for another one, and compares them with the record meanwhile.
 *
 * The packer digests each file that it stores: nothing is hashed twice. What differs is read once
 * more, since a digest that passes holes over depends on the size of a block.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import { Breather } from "../../host/breathe.ts";
import { VerificationError } from "../../pipeline/build_errors.ts";
import type { FileReader } from "../../pipeline/scanned_source.ts";
import { ContentCheck } from "../content_check.ts";
import type { ImageFile } from "../image_file.ts";
import type { ImageReader } from "../image_reader.ts";
import type { ImageTree } from "../image_tree.ts";
import { shownPathOf } from "../tree_path.ts";

/** Damaged files that are named; of more, the number. */
const MOST_NAMED = 10;

/** The contents of an image's files. */
export class StackContents implements FileReader {
  readonly #image: ImageReader;
  readonly #source: ImageTree;
  readonly #signal: AbortSignal;
  #row = 0 as TreeInode;
  #file: Promise<ImageFile> | undefined;
  /** The inode of the new image that each row is stored under; 0 for none. */
  readonly #numbers: Uint32Array;

  constructor(image: ImageReader, source: ImageTree, signal: AbortSignal) {
    this.#image = image;
    this.#source = source;
    this.#signal = signal;
    this.#numbers = new Uint32Array(source.tree.countInodes);
  }

  open(row: TreeInode, number: InodeNumber): void {
    this.#row = row;
    this.#file = undefined;
    this.#numbers[row] = number;
  }

  read(into: Uint8Array, offsetBytes: number): void | Promise<void> {
    const contentsAt = this.#source.contentsAtOf(this.#row);
    const inode = this.#source.inodeOf(this.#row);
    const isWhole = offsetBytes === 0 &&
      into.length === this.#source.tree.sizeBytes[this.#row];
    if (isWhole && contentsAt !== 0) {
      return this.#image.readContiguous({ inode, contentsAt }, into);
    }
    return this.#readPart(into, offsetBytes);
  }

  close(): void {
    this.#file = undefined;
  }

  /** @throws VerificationError which names the files that differ from their records */
  async judge(digests: Uint8Array): Promise<void> {
    const record = await this.#image.record();
    await record.load();
    const breather = new Breather(this.#signal);
    const damaged: string[] = [];
    for (let row = 0; row < this.#numbers.length; row++) {
      const number = this.#numbers[row]!;
      if (number === 0) continue;
      const at = (number - 1) * RECORD_DIGEST_BYTES;
      const isOther = record.isOther(this.#source.inodeOf(row as TreeInode), digests, at);
      if (isOther && !await this.#isSound(row as TreeInode, breather)) {
        damaged.push(shownPathOf(this.#source.tree, row as TreeInode));
      }
      if (breather.due) await breather.pause();
    }
    if (damaged.length > 0) throw damagedFiles(this.#image.shownName, damaged);
  }

  async #readPart(into: Uint8Array, offsetBytes: number): Promise<void> {
    const file = await (this.#file ??= this.#image.openFile(this.#source.inodeOf(this.#row)));
    const count = await file.read(offsetBytes, into);
    into.fill(0, count);
  }

  /** Whether it is what was recorded, or its record cannot be relied on. */
  async #isSound(row: TreeInode, breather: Breather): Promise<boolean> {
    const inode = this.#source.inodeOf(row);
    const record = await this.#image.record();
    const check = await ContentCheck.ofRecord(record);
    const file = await this.#image.openFile(inode);
    await check.begin(file);
    let offset = 0;
    for await (const piece of file.pieces()) {
      check.add(piece, offset);
      offset += piece.length;
      if (breather.due) await breather.pause();
    }
    return check.finish() || (await record.verdict(inode)).state !== "sound";
  }
}

function damagedFiles(shownName: string, paths: readonly string[]): VerificationError {
  const named = paths.slice(0, MOST_NAMED).join(", ");
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  const [are, their] = paths.length === 1 ? ["is", "its"] : ["are", "their"];
  return new VerificationError(
    `cannot merge ${shownName}: ${named}${more} ${are} not what ${their} record says. ` +
      "Find the damaged image with icecore verify, and use another copy of it.",
  );
}
