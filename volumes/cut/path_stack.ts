/**
 * The path of the name that passes by, of names that come with their depth.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import { pathBytes, pathText } from "../plan/path_text.ts";
import { type FoundName, NAME_TYPES } from "./names_file.ts";

/** The names of a path from the top on; the root has none. */
export type PathNames = readonly Uint8Array[];

/** A path that is written as text. */
export function pathNames(text: string): PathNames {
  return text === "" ? [] : text.split("/").map(pathBytes);
}

/** A path as text. */
export function textOfNames(names: PathNames): string {
  return names.map(pathText).join("/");
}

/** Name by name, by their bytes: a folder comes before what it holds. */
export function comparePaths(one: PathNames, other: PathNames): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    const order = compareBytes(one[i]!, other[i]!);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

/** The path of the latest name. */
export class PathStack {
  readonly #buffers: Uint8Array[] = [];
  readonly #lengths: number[] = [];
  #depth = 0;
  #isFolder = true;

  /** Goes to a name, whose folders were there before. */
  enter({ depth, name, type }: FoundName): void {
    this.#depth = depth;
    this.#isFolder = type === NAME_TYPES.folder;
    if (depth === 0) return;
    const buffer = this.#buffers[depth - 1] ??= new Uint8Array(255);
    for (let i = 0; i < name.length; i++) buffer[i] = name[i]!;
    this.#lengths[depth - 1] = name.length;
  }

  /** Its names, as views, without those of the last `above` levels. */
  names(above = 0): PathNames {
    return Array.from(
      { length: Math.max(0, this.#depth - above) },
      (_, i) => this.#buffers[i]!.subarray(0, this.#lengths[i]),
    );
  }

  /** The folders of the latest name, as views, with itself where it is one. */
  folders(): PathNames {
    return this.names(this.#isFolder ? 0 : 1);
  }

  /** Begins anew, in the folder of a path. */
  reset(names: PathNames): void {
    for (const [index, name] of names.entries()) {
      this.enter({ depth: index + 1, name } as FoundName);
    }
    this.#depth = names.length;
  }

  get text(): string {
    return textOfNames(this.names());
  }
}
