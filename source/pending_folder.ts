/**
 * A folder that a walk knows by name and has not listed yet.
 * @module
 */

import type { TreeInode } from "../ext4/tree.ts";
import type { FolderSelection } from "./folder_selection.ts";
import type { NameList } from "./name_list.ts";
import type { Volume } from "./volume.ts";
import type { Place } from "./walk_problems.ts";

/** What is known of it. */
export interface PendingFolder extends Place {
  readonly inode: TreeInode;
  readonly sourceFileSystem: string;
  readonly volume: Volume;
  /** What is taken of it; all when absent. */
  readonly selection: FolderSelection | undefined;
}

/** Which of its names are taken, as {@linkcode NameList.order} says. */
export function takenNames({ selection }: PendingFolder, names: NameList): Uint32Array {
  const order = names.order();
  if (selection === undefined) return order;
  return order.filter((at) => selection.decide(names.at(at).subarray(0, -1)) !== "nothing");
}
