/**
 * What a volume takes of a tree, folder by folder: all paths of its range, but for those that were
 * moved, and the folders above them.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import type { FolderSelection } from "../../source/folder_selection.ts";
import type { PathNames } from "../cut/path_stack.ts";
import { keyOf, type MovedNode } from "./moved_tree.ts";

/** The bounds of a range, as far as they lie in a folder. */
interface Bounds {
  /** How many folders lie above. */
  readonly depth: number;
  /** Names before it in this folder are others'. */
  readonly from?: PathNames | undefined;
  /** Names from it on in this folder are others'. */
  readonly to?: PathNames | undefined;
  /** Whether nothing but what was moved here is taken. */
  readonly isOutside: boolean;
}

/** What is taken of one folder. */
export class RangeSelection implements FolderSelection {
  constructor(private readonly bounds: Bounds, private readonly node: MovedNode | undefined) {}

  /** What is taken of the root. @param range Absent where only what was moved is taken. */
  static ofRoot(
    range: { readonly from: PathNames; readonly to?: PathNames } | undefined,
    node: MovedNode,
  ): RangeSelection {
    const bounds: Bounds = range === undefined ? { depth: 0, isOutside: true } : {
      depth: 0,
      isOutside: false,
      from: range.from.length === 0 ? undefined : range.from,
      to: range.to,
    };
    return new RangeSelection(bounds, node);
  }

  decide(name: Uint8Array): "all" | "folder" | "nothing" {
    const moved = this.node?.below.get(keyOf(name));
    if (moved?.moved === "away") return "nothing";
    if (moved?.moved === "here") return "all";
    const place = this.#placeOf(name);
    if (place === "nothing" && moved?.hasHere === true) return "folder";
    return place;
  }

  below(name: Uint8Array): RangeSelection | undefined {
    const { from, to, depth } = this.bounds;
    const node = this.node?.below.get(keyOf(name));
    // It was not a folder when the plan was made: what it holds by now lies in no other volume.
    if (node?.moved === "here") return undefined;
    const isOutside = this.#placeOf(name) === "nothing";
    const isOn = (path: PathNames | undefined): PathNames | undefined =>
      path !== undefined && path.length > depth + 1 && compareBytes(path[depth]!, name) === 0
        ? path
        : undefined;
    const bounds: Bounds = isOutside
      ? { depth: depth + 1, isOutside }
      : { depth: depth + 1, isOutside, from: isOn(from), to: isOn(to) };
    const isWhole = !isOutside && bounds.from === undefined && bounds.to === undefined;
    return isWhole && node === undefined ? undefined : new RangeSelection(bounds, node);
  }

  #placeOf(name: Uint8Array): "all" | "folder" | "nothing" {
    const { from, to, depth, isOutside } = this.bounds;
    if (isOutside) return "nothing";
    if (to !== undefined) {
      const order = compareBytes(name, to[depth]!);
      // A folder comes before what it holds: it belongs here where the bound lies within it.
      if (order > 0 || (order === 0 && to.length === depth + 1)) return "nothing";
    }
    if (from === undefined) return "all";
    const order = compareBytes(name, from[depth]!);
    if (order < 0) return "nothing";
    return order === 0 && from.length > depth + 1 ? "folder" : "all";
  }
}
