/**
 * The names that were moved to a volume, or from it, as a tree.
 * @module
 */

import type { MovedNames } from "../plan/plan.ts";
import { pathBytes } from "../plan/path_text.ts";

/** A folder, or a name, on the way to names that were moved. */
export interface MovedNode {
  readonly below: Map<string, MovedNode>;
  /** Whether the name itself is stored here, though it lies elsewhere, or elsewhere. */
  moved?: "here" | "away";
  /** Whether a name in it, or itself, is stored here. */
  hasHere: boolean;
}

/** A name as a key: each byte a character. */
export function keyOf(name: Uint8Array): string {
  let key = "";
  for (const byte of name) key += String.fromCharCode(byte);
  return key;
}

/** Collects what concerns one volume. */
export class MovedTree {
  readonly root: MovedNode = newNode();
  #countHere = 0;
  #countAway = 0;

  constructor(private readonly index: number) {}

  /** How many names are stored here that lie elsewhere. */
  get countHere(): number {
    return this.#countHere;
  }

  /** How many names that lie here are stored elsewhere. */
  get countAway(): number {
    return this.#countAway;
  }

  add({ folder, names, from, to }: MovedNames): void {
    if (from !== this.index && to !== this.index) return;
    const moved = to === this.index ? "here" : "away";
    let node = this.root;
    const way = [node];
    for (const name of folder === "" ? [] : folder.split("/")) {
      node = child(node, keyOf(pathBytes(name)));
      way.push(node);
    }
    for (const name of names) child(node, keyOf(pathBytes(name))).moved = moved;
    if (moved === "here") {
      this.#countHere += names.length;
      for (const each of way) each.hasHere = true;
    } else this.#countAway += names.length;
  }

  /** A single path that is all that is stored here. */
  addOnly(path: string): void {
    const names = path.split("/");
    const name = names.pop()!;
    const { index } = this;
    this.add({
      type: "moved",
      folder: names.join("/"),
      names: [name],
      from: -1,
      to: index,
      why: "large",
    });
  }
}

function newNode(): MovedNode {
  return { below: new Map(), hasHere: false };
}

function child(node: MovedNode, key: string): MovedNode {
  let found = node.below.get(key);
  if (found === undefined) node.below.set(key, found = newNode());
  return found;
}
