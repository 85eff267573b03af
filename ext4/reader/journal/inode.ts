/**
 * The inode of the journal, or what the superblock keeps of it.
 *
 * Source: e2fsprogs e2fsck/journal.c `e2fsck_get_journal`.
 * @module
 */

import { inodeSeed } from "../../checksums.ts";
import { CorruptImageError } from "../../image_errors.ts";
import type { InodeNumber } from "../../numbers.ts";
import { EXTENT_MAGIC } from "../../structs/extent.ts";
import { INODE, INODE_FLAGS, OLD_INODE_SIZE_BYTES } from "../../structs/inode.ts";
import { S_IFREG } from "../../tree.ts";
import { Inode } from "../inode/inode.ts";
import type { Geometry } from "../layout/geometry.ts";
import type { Reading } from "../reading.ts";
import type { Volume } from "../volume.ts";

/** `s_jnl_backup_type`: `s_jnl_blocks` holds `i_block` and the size of the journal's inode. */
const BACKUP_BLOCKS = 1;
const COUNT_BLOCK_WORDS = 15;

/**
 * The inode of the journal. Where it is broken and what is broken is left out, the superblock's copy
 * of where the journal lies is used, and the error reported.
 */
export function* loadJournalInode(volume: Volume, number: InodeNumber): Reading<Inode> {
  const { geometry, leaving: { onBroken } } = volume;
  try {
    return yield* volume.inodes.load(number);
  } catch (error) {
    const copy = copyOf(geometry, number);
    const isWanted = onBroken !== undefined && error instanceof CorruptImageError;
    if (!isWanted || copy === undefined) throw error;
    const { code, structure, message, fields } = error;
    const text = `${message} The journal is read from where the superblock says that it is.`;
    onBroken(new CorruptImageError(code, structure, text, fields, { cause: error }), undefined);
    return copy;
  }
}

function copyOf(
  { raw, metadataChecksums, seed }: Geometry,
  number: InodeNumber,
): Inode | undefined {
  const words = raw.s_jnl_blocks;
  const [high = 0, size = 0] = words.slice(COUNT_BLOCK_WORDS);
  if (raw.s_jnl_backup_type !== BACKUP_BLOCKS || size === 0) return undefined;
  const bytes = new Uint8Array(OLD_INODE_SIZE_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < COUNT_BLOCK_WORDS; i++) {
    view.setUint32(INODE.offsets.i_block + 4 * i, words[i]!, true);
  }
  const flags = (words[0]! & 0xffff) === EXTENT_MAGIC ? INODE_FLAGS.extents : 0;
  const sizeBytes = high * 0x1_0000_0000 + size;
  const ownSeed = metadataChecksums ? inodeSeed(seed, number, 0) : 0;
  const { length } = bytes;
  return new Inode(
    number,
    bytes,
    0,
    length,
    S_IFREG | 0o600,
    sizeBytes,
    1,
    flags,
    0,
    0,
    0,
    ownSeed,
  );
}
