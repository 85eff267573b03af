/**
 * After all folders were read: link counts, types, `..`, and whether each folder can be reached.
 * @module
 */

import { ROOT_INODE } from "../numbers.ts";
import { hasRoCompat } from "../reader/layout/geometry.ts";
import { FILE_TYPE } from "../structs/directory.ts";
import type { CheckState } from "./check_state.ts";
import type { InodePage } from "./inode_columns.ts";

const STRUCTURE = "ext4_inode";
const REACHABLE = 1;
const UNREACHABLE = 2;

/**
 * Checks all inodes.
 * @param isNameless inodes that need no name: the values of attributes, quotas, and the like
 */
export function checkLinks(state: CheckState, isNameless: (inode: number) => boolean): void {
  const { columns } = state;
  columns.forEach((inode, page, row) => {
    const type = page.type[row]!;
    if (type === 0) {
      if (page.names[row]! > 0 || page.subfolders[row]! > 0) {
        const where: Record<string, number> = page.names[row]! > 0
          ? { folder: page.parent[row]! }
          : {};
        state.findings.report("inode-unused", STRUCTURE, "a folder names an inode not in use", {
          inode,
          ...where,
        });
      }
      return;
    }
    if (isNameless(inode)) {
      if (page.names[row]! === 0) return;
      const why = "it names an inode that can have no name";
      state.findings.report("directory-entry", "ext4_dir_entry_2", why, {
        inode: page.parent[row]!,
        refersTo: inode,
      });
      return;
    }
    const named = page.namedType[row]!;
    if (page.names[row]! > 0 && named !== FILE_TYPE.unknown && named !== type) {
      const why = "an entry gives another type than the inode";
      state.findings.report("directory-entry", "ext4_dir_entry_2", why, {
        inode: page.parent[row]!,
        refersTo: inode,
      });
    }
    if (type === FILE_TYPE.directory) checkFolderLinks(state, inode, page, row);
    else if (page.names[row] !== page.links[row]) {
      state.findings.report("link-count", STRUCTURE, "i_links_count is not the number of names", {
        inode,
        i_links_count: page.links[row]!,
        countNames: page.names[row]!,
      });
    }
  });
}

function checkFolderLinks(state: CheckState, inode: number, page: InodePage, row: number): void {
  const { findings, volume } = state;
  const isRoot = inode === ROOT_INODE;
  const countNames = page.names[row]!;
  if (countNames !== (isRoot ? 0 : 1)) {
    const why = countNames === 0 ? "no folder names it" : "a folder has more than one name";
    findings.report("folder-names", STRUCTURE, why, { inode, countNames });
  }
  const parent = isRoot ? ROOT_INODE : page.parent[row]!;
  if (page.dotdot[row] !== parent && countNames <= 1) {
    findings.report("directory-parent", "ext4_dir_entry_2", "`..` is not the folder above", {
      inode,
      refersTo: page.dotdot[row]!,
      expected: parent,
    });
  }
  // The root's own `..` is not a folder in it.
  const links = 2 + page.subfolders[row]! - (isRoot ? 1 : 0);
  const isManyLinks = hasRoCompat(volume.geometry, "dir_nlink") && page.links[row] === 1;
  if (page.links[row] !== links && !isManyLinks) {
    findings.report(
      "link-count",
      STRUCTURE,
      "i_links_count is not 2 and one for each folder in it",
      {
        inode,
        i_links_count: page.links[row]!,
        expected: links,
      },
    );
  }
  if (!isReachable(state, inode)) {
    findings.report("folder-unreachable", STRUCTURE, "no way leads up from it to the root", {
      inode,
    });
  }
}

/** Goes up until it is known where a folder leads; marks the way, so that none is gone twice. */
function isReachable({ columns }: CheckState, start: number): boolean {
  const way = new Set<number>();
  let inode = start;
  let verdict: number = REACHABLE;
  while (inode !== ROOT_INODE) {
    const page = columns.page(inode);
    const row = columns.row(inode);
    const known = page.reach[row]!;
    if (known !== 0 || way.has(inode) || page.names[row] === 0) {
      verdict = known === 0 ? UNREACHABLE : known;
      break;
    }
    way.add(inode);
    inode = page.parent[row]!;
  }
  for (const one of way) columns.page(one).reach[columns.row(one)] = verdict;
  return verdict === REACHABLE;
}
