/**
 * What a file is that is not an image, as far as its bytes show, and what helps.
 * @module
 */

import { existsSync } from "node:fs";
import { superblockChecksum } from "../ext4/checksums.ts";
import { CorruptImageError } from "../ext4/image_errors.ts";
import { findSuperblockCopy } from "../ext4/reader/open/superblock_copy.ts";
import { settle } from "../ext4/reader/reading.ts";
import {
  SUPERBLOCK,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_OFFSET_BYTES,
} from "../ext4/structs/superblock.ts";
import type { HostBlockSource } from "../host/block_source/block_source.ts";
import { diskHint } from "./no_image/disk_hint.ts";
import { bytesOf, knownFormat } from "./no_image/known_format.ts";
import { outputBeside, quoted } from "./no_image/shell_words.ts";

/** Whether an error says that there is no superblock at all, so that nothing of it can be read. */
export function saysNoImage(error: unknown): error is CorruptImageError {
  if (!(error instanceof CorruptImageError)) return false;
  return error.code === "not-ext4" || (error.code === "truncated" && !("expected" in error.fields));
}

/** The same error with the file's name, and with what is known of such a file. */
export async function withName(
  error: CorruptImageError,
  source: HostBlockSource,
): Promise<CorruptImageError> {
  const { code, structure, fields } = error;
  const why = code === "not-ext4"
    ? "it has no ext2, ext3 or ext4 superblock"
    : `it ends before its superblock (${source.sizeBytes} bytes)`;
  const message = `cannot read ${source.shownName}: ` +
    (await hintFor(source) ??
      `${why}. See whether it is the right file; if it is, use another copy of it.`);
  return new CorruptImageError(code, structure, message, fields, { cause: error });
}

/**
 * Refuses what is not an image, before anybody calls it a damaged one.
 *
 * @throws CorruptImageError as `openImage` throws it; not where a copy of the superblock, or its
 * checksum, shows that it was an image.
 */
export async function requireImage(source: HostBlockSource): Promise<void> {
  const bytes = await bytesOf(source, SUPERBLOCK_OFFSET_BYTES, SUPERBLOCK.sizeBytes);
  const { sizeBytes } = source;
  const isCut = bytes.length < SUPERBLOCK.sizeBytes;
  if (!isCut && SUPERBLOCK.decode(bytes).s_magic === SUPERBLOCK_MAGIC) return;
  const isKnown = await hintFor(source) !== undefined;
  if (!isKnown && !isCut && (fitsWithMagic(bytes) || await hasCopy(source))) return;
  const code = isCut ? "truncated" : "not-ext4";
  const message = `cannot read ${source.shownName}: it has no superblock.`;
  throw await withName(
    new CorruptImageError(code, SUPERBLOCK.name, message, { sizeBytes }),
    source,
  );
}

/** Whether nothing but the magic is damaged. */
function fitsWithMagic(bytes: Uint8Array): boolean {
  const mended = bytes.slice();
  SUPERBLOCK.encodeInto(mended, 0, { s_magic: SUPERBLOCK_MAGIC });
  return SUPERBLOCK.decode(mended).s_checksum === superblockChecksum(mended);
}

async function hasCopy(source: HostBlockSource): Promise<boolean> {
  return await settle(findSuperblockCopy(source)) !== undefined;
}

/** What it is, and what to do; `undefined` where it is nothing that is known. */
async function hintFor(source: HostBlockSource): Promise<string | undefined> {
  const { shownName } = source;
  const isWithin = source.stored !== undefined;
  const isHere = source.isLocal && !isWithin;
  const format = await knownFormat(source);
  const file = isHere ? quoted(shownName) : "FILE";
  const it = isWithin ? "what is stored in it is" : "it is";
  const take = isWithin ? "Take that out" : "Fetch it";
  const first = isHere ? "" : `${take}, and let FILE be its name. `;
  if (format !== undefined) {
    const out = isHere ? quoted(outputBeside(shownName, existsSync)) : "OUTPUT";
    return `${it} ${format.what}. ${first}${format.help({ file, out })}.`;
  }
  const hint = await diskHint(source);
  return hint && `${it} ${hint.what}. ${hint.help}.`;
}
