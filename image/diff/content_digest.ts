/**
 * Contents compared by their digests: those of an image's record, and of files on this machine.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import { hasLongHoles } from "../../ext4/record.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import type { Tree, TreeInode } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { startDigests } from "../../host/digests/hash.ts";
import type { ImageReader } from "../image_reader.ts";
import type { Content } from "./content.ts";

/** Gives digests of an image's files without reading their contents. */
export interface RecordedDigests {
  /**
   * The SHA-256 of a file's contents, 32 bytes.
   * @returns `undefined` where none is recorded, or it passes over holes and can only be compared
   * with its like
   */
  of(row: TreeInode): Uint8Array | undefined;
}

/** @returns `undefined` where the image has no record that can be relied on */
export async function recordedDigests(
  image: ImageReader,
  tree: Tree,
  inodeOf: (row: TreeInode) => InodeNumber,
  allocatedBytesOf: (row: TreeInode) => number,
): Promise<RecordedDigests | undefined> {
  const record = await image.record();
  if ((await record.verdict()).state !== "sound") return undefined;
  await record.load();
  return {
    of(row) {
      const sizeBytes = tree.sizeBytes[row]!;
      const dataBytes = Math.min(allocatedBytesOf(row), sizeBytes);
      // Blocks of its map count as allocated; they are few, and half of this bound is far off.
      const mayPassOver = hasLongHoles(sizeBytes, dataBytes / 2);
      return mayPassOver ? undefined : record.digestOf(inodeOf(row));
    },
  };
}

const PIECE_BYTES = 1 << 20;

/** The SHA-256 of a file that is read; `undefined` where it is shorter than it was. */
export async function readDigest(
  content: Content,
  sizeBytes: number,
  breather: Breather,
  onRead: (bytes: number) => void,
): Promise<Uint8Array | undefined> {
  const maker = await startDigests("sha256");
  const buffer = new Uint8Array(PIECE_BYTES);
  const digest = new Uint8Array(RECORD_DIGEST_BYTES);
  for (let offset = 0; offset < sizeBytes; offset += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, sizeBytes - offset));
    const count = await content.read(offset, piece);
    if (count !== piece.length) return undefined;
    maker.update(piece);
    onRead(piece.length);
    if (breather.due) await breather.pause();
  }
  maker.finishInto(digest, 0);
  return digest;
}
