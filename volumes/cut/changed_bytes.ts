/**
 * How much of a volume has changed between two plans, by their lists of names.
 * @module
 */

import { inodeCost } from "./estimate.ts";
import { type BytesSource, NamesReader } from "./names_file.ts";
import { comparePaths, type PathNames, PathStack } from "./path_stack.ts";

/** Names of a volume in a list of names. */
export interface NameStretch {
  readonly file: BytesSource;
  readonly names: readonly [start: number, end: number];
  /** The path of the first one: its folders come before, in the list. */
  readonly from: PathNames;
}

/** A list of names that is read, with their paths. */
export class PathReader {
  readonly reader: NamesReader;
  readonly #stack = new PathStack();
  hasName: boolean;

  constructor({ file, names: [start, end], from }: NameStretch) {
    this.reader = new NamesReader(file, start, end);
    this.#stack.reset(from.slice(0, -1));
    this.hasName = true;
    this.next();
  }

  /** The path of the name; views. */
  get path(): PathNames {
    return this.#stack.names();
  }

  next(): void {
    this.hasName = this.hasName && this.reader.next();
    if (this.hasName) this.#stack.enter(this.reader);
  }
}

/** What a layer takes that stores what changed from one to the other. */
export function changedBytes(before: NameStretch, after: NameStretch): number {
  const old = new PathReader(before);
  const now = new PathReader(after);
  let bytes = 0;
  while (now.hasName) {
    const order = old.hasName ? comparePaths(old.path, now.path) : 1;
    if (order < 0) {
      // A mark that it is gone takes an inode.
      bytes += inodeCost({ ...fieldsOf(old), type: 3, dataBytes: 0 });
      old.next();
      continue;
    }
    if (order > 0 || !isSame(old.reader, now.reader)) bytes += inodeCost(now.reader);
    if (order === 0) old.next();
    now.next();
  }
  return bytes;
}

function fieldsOf({ reader }: PathReader) {
  const { depth, name, isLinked, stampLow, stampHigh } = reader;
  return { depth, name, isLinked, stampLow, stampHigh };
}

function isSame(one: NamesReader, other: NamesReader): boolean {
  return one.stampLow === other.stampLow && one.stampHigh === other.stampHigh;
}
