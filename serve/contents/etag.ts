/**
 * The tag by which a file's contents are known again (`ETag`).
 * @module
 */

import { createHash } from "node:crypto";
import type { ImageReader, Stat } from "icecore/read";
import { recordedDigest } from "./record_lock.ts";

const DIGEST_LETTERS = 32;

/**
 * A strong tag: of the recorded digest of the contents, with size and time, which give away that an
 * image was written to after its record; without a record of what identifies the inode.
 */
export async function etagOf(image: ImageReader, stat: Stat): Promise<string> {
  const { inode, sizeBytes, mtime, ctime } = stat;
  const digest = await recordedDigest(image, inode);
  const { uuid, writtenSeconds } = image.info;
  const identity = [uuid, writtenSeconds, inode, ctime.seconds, ctime.nanoseconds].join(" ");
  const contents = digest ?? createHash("sha256").update(identity).digest("hex");
  const time = `${mtime.seconds.toString(36)}.${mtime.nanoseconds.toString(36)}`;
  return `"${contents.slice(0, DIGEST_LETTERS)}-${sizeBytes.toString(36)}-${time}"`;
}
