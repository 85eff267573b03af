/**
 * Checks a folder: its entries, who they name, and the order of its index.
 * @module
 */

import { dirHashMajor } from "../dirhash.ts";
import type { FileBlock, InodeNumber } from "../numbers.ts";
import { FileData } from "../reader/contents/file_data.ts";
import { corrupt } from "../reader/corrupt.ts";
import { DirectoryCursor } from "../reader/directory/directory.ts";
import type { VisitEntry } from "../reader/directory/directory_block.ts";
import { loadIndexRoot } from "../reader/directory/htree.ts";
import { hasFlag, type Inode, isInline } from "../reader/inode/inode.ts";
import type { Reading } from "../reader/reading.ts";
import type { CheckState } from "./check_state.ts";
import { checkIndex, LeafHashes } from "./index_check.ts";
import { NameSet } from "./name_set.ts";

/** Blocks of a folder with an index; enough for 500 million names. */
const MAX_INDEXED_BLOCKS = 1 << 22;
/** Blocks between two pauses: some thousand names. */
const PAUSE_BLOCKS = 32;
const STRUCTURE = "ext4_dir_entry_2";

/**
 * Checks a folder, and counts its entries in the columns of what they name.
 * @throws CorruptImageError when the folder is broken
 */
export function* checkFolder(state: CheckState, folder: Inode): Reading<void> {
  const { volume, columns, summary, findings } = state;
  const { geometry } = volume;
  const cursor = yield* DirectoryCursor.open(volume, folder);
  const isIndexed = hasFlag(folder, "index") && !isInline(geometry, folder);
  const data = isIndexed ? yield* FileData.open(volume, folder) : undefined;
  const root = data === undefined ? undefined : yield* loadIndexRoot(volume, folder, data);
  if (isIndexed && root === undefined && !hasFlag(folder, "casefold")) {
    throw corrupt("index-root", "dx_root_info", "its hash is not known", { inode: folder.number });
  }
  const countBlocks = Math.floor(folder.sizeBytes / geometry.blockSizeBytes);
  if (root !== undefined && countBlocks > MAX_INDEXED_BLOCKS) {
    throw corrupt("directory-size", "ext4_inode", "the folder is larger than any", {
      inode: folder.number,
      countBlocks,
    });
  }
  const hashes = root === undefined ? undefined : new LeafHashes(countBlocks);
  const names = new NameSet();
  let fileBlock = 0;

  const visit: VisitEntry = (bytes, nameAt, nameLength, inode, fileType) => {
    summary.countEntries++;
    countName(state, folder.number, inode, fileType);
    if (root !== undefined) {
      const { s_hash_seed } = geometry.raw;
      const hash = dirHashMajor(bytes, nameAt, nameLength, root.hashVersion, s_hash_seed);
      hashes!.add(fileBlock as FileBlock, hash);
    }
    if (!names.add(bytes, nameAt, nameLength)) {
      findings.report("name-twice", STRUCTURE, "two entries have the same name", {
        inode: folder.number,
        fileBlock,
      });
    }
  };

  while (yield* cursor.visitNext(visit)) {
    fileBlock++;
    // With an index, equal names have equal hashes, and so lie in the same block.
    if (root !== undefined) names.clear();
    const wait = fileBlock % PAUSE_BLOCKS === 0 ? state.pause() : undefined;
    if (wait !== undefined) yield wait;
  }
  if (!cursor.areDotsSound) {
    const why = "`.` or `..` is said to be no folder, or its name does not end in a NUL";
    findings.report("directory-entry", STRUCTURE, why, { inode: folder.number });
  }
  const page = columns.page(folder.number);
  page.dotdot[columns.row(folder.number)] = cursor.parent;
  columns.page(cursor.parent).subfolders[columns.row(cursor.parent)]!++;
  if (root !== undefined && data !== undefined) {
    yield* checkIndex(state, folder, data, root, hashes!);
  }
}

function countName(
  { columns, findings }: CheckState,
  folder: InodeNumber,
  inode: InodeNumber,
  fileType: number,
): void {
  const page = columns.page(inode);
  const row = columns.row(inode);
  if (page.names[row]!++ === 0) {
    page.parent[row] = folder;
    page.namedType[row] = fileType;
  } else if (page.namedType[row] !== fileType) {
    findings.report("directory-entry", STRUCTURE, "entries give one inode two types", {
      inode: folder,
      refersTo: inode,
    });
  }
}
