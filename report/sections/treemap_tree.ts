/**
 * What the picture of the folders shows: those large enough to be seen, and the rest in one.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import type { Contents } from "../contents/contents.ts";
import type { FileKind } from "../contents/file_kinds.ts";
import { type FolderRow, ROOT } from "../contents/folder_table.ts";
import type { LargeFile } from "../contents/large_files.ts";

/** A rectangle to be: a folder with what is in it, a file, or what is too small to be drawn. */
export interface TreemapNode {
  /** For people; a path where a folder holds nothing but a folder. */
  readonly label: string;
  /** From the root of the image. */
  readonly path: string;
  readonly what: "folder" | "file" | "rest";
  readonly kind: FileKind;
  readonly countFiles: number;
  /** Bytes that it takes in the image. */
  readonly bytes: number;
  readonly children?: readonly TreemapNode[];
}

/** A share of the whole below which nothing is drawn by itself. */
const LEAST_SHARE = 1 / 2500;
/** A share below which a folder is not looked into. */
const LEAST_OPEN_SHARE = 1 / 150;
const MOST_DEPTH = 5;

/** The tree of an image. */
export function treemapTree(contents: Contents): TreemapNode {
  const { folders, largeFiles } = contents;
  const filesIn = new Map<FolderRow, LargeFile[]>();
  for (const file of largeFiles) {
    const known = filesIn.get(file.folder);
    if (known === undefined) filesIn.set(file.folder, [file]);
    else known.push(file);
  }
  const whole = folders.totalOf(ROOT).bytes;

  const nodeOf = (row: FolderRow, depth: number, above = ""): TreemapNode => {
    const { bytes, countFiles } = folders.totalOf(row);
    const name = row === ROOT ? "/" : `${above}${printable(folders.nameOf(row))}`;
    const only = onlyFolderIn(row);
    if (only !== undefined) return nodeOf(only, depth, row === ROOT ? "" : `${name}/`);
    const node = {
      label: name,
      path: `/${printable(folders.pathOf(row))}`,
      what: "folder",
      kind: folders.mainKindOf(row),
      countFiles,
      bytes,
    } as const;
    if (depth >= MOST_DEPTH || bytes < whole * LEAST_OPEN_SHARE) return node;
    const children = childrenOf(row, depth);
    return children.length === 0 ? node : { ...node, children };
  };

  const onlyFolderIn = (row: FolderRow): FolderRow | undefined => {
    const inside = folders.childrenOf(row);
    return inside.length === 1 && folders.ownOf(row).countFiles === 0 ? inside[0] : undefined;
  };

  const childrenOf = (row: FolderRow, depth: number): TreemapNode[] => {
    const least = whole * LEAST_SHARE;
    const inside = folders.childrenOf(row)
      .filter((each) => folders.totalOf(each).bytes >= least)
      .map((each) => nodeOf(each, depth + 1));
    const files = (filesIn.get(row) ?? [])
      .filter(({ allocatedBytes }) => allocatedBytes >= least)
      .map(({ name, kind, allocatedBytes }): TreemapNode => ({
        label: printable(name),
        path: `/${printable(folders.pathOf(row, name))}`,
        what: "file",
        kind,
        countFiles: 1,
        bytes: allocatedBytes,
      }));
    const shown = [...inside, ...files];
    const total = folders.totalOf(row);
    const bytes = total.bytes - shown.reduce((sum, each) => sum + each.bytes, 0);
    const countFiles = total.countFiles - shown.reduce((sum, each) => sum + each.countFiles, 0);
    // Nothing but the rest: the folder itself says as much.
    if (shown.length === 0) return [];
    return bytes <= 0 ? shown : [...shown, {
      label: "smaller files",
      path: `/${printable(folders.pathOf(row))}`,
      what: "rest",
      kind: folders.mainKindOf(row),
      countFiles,
      bytes,
    }];
  };

  return nodeOf(ROOT, 0);
}
