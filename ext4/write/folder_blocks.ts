/**
 * The blocks of all folders, in the order of the tree.
 * @module
 */

import { FIRST_INODE, ROOT_INODE } from "../numbers.ts";
import { storedEntries } from "../plan/folder_leaves.ts";
import type { ImagePlan } from "../plan/image_plan.ts";
import { hasType, parentOf, S_IFDIR, type TreeInode } from "../tree.ts";
import { CHUNK_SIZE_BYTES } from "./chunk.ts";
import { directoryWriter } from "./directory_block.ts";
import { indexedFolderBlocks } from "./htree.ts";
import type { Run } from "./run.ts";

/** All folders, `lost+found` last where it is not in the tree. */
export function* folderRuns(plan: ImagePlan): Generator<Run> {
  const { tree, inventory, folders, blockSizeBytes } = plan;
  const chunk = new Uint8Array(CHUNK_SIZE_BYTES);
  const writer = directoryWriter(plan, chunk);
  let used = 0;

  for (let inode = 0; inode < tree.countInodes; inode++) {
    const number = inventory.numberOf[inode]!;
    if (number === 0 || !hasType(tree, inode, S_IFDIR)) continue;
    const parent = inventory.numberOf[parentOf(tree, inode as TreeInode)]!;
    const folder = folders.get(inode);
    if (folder === undefined) {
      const entries = storedEntries(tree, inventory, inode);
      writer.block(used, number, parent, entries, 0, entries.length);
      used += blockSizeBytes;
      if (used === chunk.length) used = yield* flush();
      continue;
    }
    for (const writeBlock of indexedFolderBlocks(plan, chunk, writer, folder, number, parent)) {
      writeBlock(used);
      used += blockSizeBytes;
      if (used === chunk.length) used = yield* flush();
    }
  }
  if (inventory.addsLostAndFound) {
    writer.block(used, FIRST_INODE, ROOT_INODE, new Uint32Array(0), 0, 0);
    used += blockSizeBytes;
  }
  if (used > 0) yield { kind: "bytes", bytes: chunk.subarray(0, used) };

  function* flush(): Generator<Run, number> {
    yield { kind: "bytes", bytes: chunk };
    chunk.fill(0);
    return 0;
  }
}
