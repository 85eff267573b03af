/**
 * Compares two sides name by name, in the order of their bytes.
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import { UnsupportedFeatureError } from "../../ext4/image_errors.ts";
import { isLostAndFound } from "../../ext4/plan/names.ts";
import {
  hasType,
  nameOf,
  S_IFDIR,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../ext4/tree.ts";
import { Breather } from "../../host/breathe.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { joinBytes, printable } from "../../host/libc/paths.ts";
import { isRoot } from "../../host/user.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { ReplacedFileError } from "../../source/same_file.ts";
import { ContentComparison } from "./compare_contents.ts";
import { readDigest } from "./content_digest.ts";
import type { Difference } from "./difference.ts";
import { LinkMatches } from "./links.ts";
import { MetadataComparison, nodeTypeOf } from "./metadata.ts";
import { type Side, unsupportedProblem } from "./side.ts";

/** How two sides are compared. */
export interface CompareOptions {
  readonly signal: AbortSignal;
  /** Whether files that differ are read to their end, for the range that differs. */
  readonly findsRanges: boolean;
  onDifference(difference: Difference): void;
  /** A file of a folder that could not be read, so that nothing is known of its contents. */
  onProblem(problem: Problem): void;
  onProgress(doneBytes: number): void;
}

/** A folder that is on both sides. */
interface FolderPair {
  readonly path: Uint8Array;
  readonly a: TreeInode;
  readonly b: TreeInode;
}

/** Compares all of two sides. @throws CorruptImageError; the signal's reason. */
export async function compareSides(a: Side, b: Side, options: CompareOptions): Promise<void> {
  await new Comparison(a, b, options).run();
}

class Comparison {
  readonly #metadata: MetadataComparison;
  readonly #links: LinkMatches;
  readonly #contents: ContentComparison;
  readonly #breather: Breather;
  readonly #skipsSockets: boolean;
  #doneBytes = 0;

  constructor(
    private readonly a: Side,
    private readonly b: Side,
    private readonly options: CompareOptions,
  ) {
    this.#metadata = new MetadataComparison(a, b, isRoot());
    this.#links = new LinkMatches(a.tree, b.tree);
    this.#breather = new Breather(options.signal);
    this.#contents = new ContentComparison(this.#breather, this.#onRead);
    // Images made by icecore have no sockets: they mean nothing outside a running system.
    this.#skipsSockets = a.kind !== b.kind;
  }

  readonly #onRead = (bytes: number) => {
    this.#doneBytes += bytes;
    this.options.onProgress(this.#doneBytes);
  };

  async run(): Promise<void> {
    const root = { path: new Uint8Array(), a: 0 as TreeInode, b: 0 as TreeInode };
    if (this.a.hasRealRoot && this.b.hasRealRoot) {
      const fields = this.#metadata.fieldsOf(root.a, root.b);
      if (fields.length > 0) this.options.onDifference({ kind: "metadata", path: ".", fields });
    }
    const stack: FolderPair[] = [root];
    for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
      stack.push(...(await this.#compareFolders(pair)).reverse());
    }
  }

  /** @returns The folders below that are on both sides. */
  async #compareFolders(pair: FolderPair): Promise<FolderPair[]> {
    const below: FolderPair[] = [];
    const [a, b] = [this.a.tree, this.b.tree];
    let at = a.payload[pair.a]!;
    let bt = b.payload[pair.b]!;
    const endA = at + a.countChildren[pair.a]!;
    const endB = bt + b.countChildren[pair.b]!;
    while (at < endA || bt < endB) {
      if (at < endA && isEmptyLostAndFound(a, at)) {
        at++;
        continue;
      }
      if (bt < endB && isEmptyLostAndFound(b, bt)) {
        bt++;
        continue;
      }
      const order = orderOf(a, at, endA, b, bt, endB);
      if (order < 0) this.#reportAll(a, at++, pair.path, "removed");
      else if (order > 0) this.#reportAll(b, bt++, pair.path, "added");
      else {
        const [entryA, entryB] = [at++ as TreeEntry, bt++ as TreeEntry];
        const found = {
          path: joinBytes(pair.path, nameOf(a, entryA)),
          a: a.entryInode[entryA]! as TreeInode,
          b: b.entryInode[entryB]! as TreeInode,
        };
        if (await this.#compareNames(found, entryA, entryB)) below.push(found);
      }
      if (this.#breather.due) await this.#breather.pause();
    }
    return below;
  }

  /** @returns Whether both are folders, whose names are to be compared. */
  async #compareNames(pair: FolderPair, entryA: TreeEntry, entryB: TreeEntry): Promise<boolean> {
    const [from, to] = [nodeTypeOf(this.a.tree, pair.a), nodeTypeOf(this.b.tree, pair.b)];
    if (from !== to) {
      this.options.onDifference({ kind: "type", path: printable(pair.path), from, to });
      if (from === "folder") this.#reportBelow(this.a.tree, entryA, pair.path, "removed");
      if (to === "folder") this.#reportBelow(this.b.tree, entryB, pair.path, "added");
      return false;
    }
    const isFolder = from === "folder";
    const links = isFolder ? UNLINKED : this.#links.match(pair.a, pair.b);
    const fields = links.isRepeated ? [] : this.#metadata.fieldsOf(pair.a, pair.b);
    if (!links.agrees) fields.push("links");
    const content = isFolder || links.isRepeated ? SAME : await this.#compareContent(pair, from);
    if (!content.isSame) {
      const range = content.range && { range: content.range };
      this.options.onDifference({ kind: "content", path: printable(pair.path), fields, ...range });
    } else if (fields.length > 0) {
      this.options.onDifference({ kind: "metadata", path: printable(pair.path), fields });
    }
    return isFolder;
  }

  async #compareContent({ path, a, b }: FolderPair, type: string): Promise<ContentVerdict> {
    const [treeA, treeB] = [this.a.tree, this.b.tree];
    if (type === "symlink") {
      return { isSame: compareBytes(targetOf(treeA, a), targetOf(treeB, b)) === 0 };
    }
    if (type === "device") {
      const [one, other] = [treeA.devices.get(a), treeB.devices.get(b)];
      // The mode distinguishes character devices from block devices, and is compared as metadata.
      return { isSame: one?.major === other?.major && one?.minor === other?.minor };
    }
    const sizeBytes = treeA.sizeBytes[a]!;
    if (type !== "file" || sizeBytes !== treeB.sizeBytes[b]!) return { isSame: type !== "file" };
    if (sizeBytes === 0) return SAME;
    try {
      const known = await this.#compareDigests(a, b, sizeBytes);
      return known === undefined ? await this.#compareFiles(a, b, sizeBytes) : { isSame: known };
    } catch (error) {
      const reason = whyUnreadable(error);
      if (reason === undefined) throw error;
      this.options.onProblem({ kind: "unreadable", path: printable(path), reason });
      return SAME;
    }
  }

  /**
   * Compares by what records say: of two images nothing is read, beside a folder only the folder.
   * @returns `undefined` where records do not say enough
   */
  async #compareDigests(
    a: TreeInode,
    b: TreeInode,
    sizeBytes: number,
  ): Promise<boolean | undefined> {
    const digestA = this.a.digests?.of(a);
    const digestB = this.b.digests?.of(b);
    if (digestA !== undefined && digestB !== undefined) return compareBytes(digestA, digestB) === 0;
    if (digestA !== undefined && this.b.kind === "folder") {
      return await this.#hasDigest(this.b, b, sizeBytes, digestA);
    }
    if (digestB !== undefined && this.a.kind === "folder") {
      return await this.#hasDigest(this.a, a, sizeBytes, digestB);
    }
    return undefined;
  }

  async #hasDigest(
    side: Side,
    row: TreeInode,
    sizeBytes: number,
    expected: Uint8Array,
  ): Promise<boolean> {
    const file = await side.openFile(row);
    try {
      const digest = await readDigest(file, sizeBytes, this.#breather, this.#onRead);
      return digest !== undefined && compareBytes(digest, expected) === 0;
    } finally {
      file.close();
    }
  }

  async #compareFiles(a: TreeInode, b: TreeInode, sizeBytes: number): Promise<ContentVerdict> {
    const { findsRanges } = this.options;
    const fileA = await this.a.openFile(a);
    try {
      const fileB = await this.b.openFile(b);
      try {
        const range = await this.#contents.difference(fileA, fileB, sizeBytes, findsRanges);
        return range === undefined || !findsRanges ? { isSame: !range } : { isSame: false, range };
      } finally {
        fileB.close();
      }
    } finally {
      fileA.close();
    }
  }

  /** A name that is on one side only, and all below it. */
  #reportAll(tree: Tree, entry: number, folder: Uint8Array, kind: "added" | "removed"): void {
    const row = tree.entryInode[entry]! as TreeInode;
    const type = nodeTypeOf(tree, row);
    if (type === "socket" && this.#skipsSockets) return;
    const path = joinBytes(folder, nameOf(tree, entry as TreeEntry));
    this.options.onDifference({ kind, path: printable(path), nodeType: type });
    if (type === "folder") this.#reportBelow(tree, entry, path, kind);
  }

  #reportBelow(tree: Tree, top: number, topPath: Uint8Array, kind: "added" | "removed"): void {
    const stack = [{ entry: top, path: topPath }];
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      const row = tree.entryInode[folder.entry]!;
      const first = tree.payload[row]!;
      for (let entry = first; entry < first + tree.countChildren[row]!; entry++) {
        const type = nodeTypeOf(tree, tree.entryInode[entry]! as TreeInode);
        const path = joinBytes(folder.path, nameOf(tree, entry as TreeEntry));
        if (type === "socket" && this.#skipsSockets) continue;
        this.options.onDifference({ kind, path: printable(path), nodeType: type });
        if (type === "folder") stack.push({ entry, path });
      }
    }
  }
}

/** Whether contents are the same; if not, where they differ, if that was looked for. */
interface ContentVerdict {
  readonly isSame: boolean;
  readonly range?: readonly [startBytes: number, endBytes: number];
}

const SAME: ContentVerdict = { isSame: true };

const UNLINKED = { agrees: true, isRepeated: false };

/** The folder that every `mkfs` makes; a tree read of an image has none. */
function isEmptyLostAndFound(tree: Tree, entry: number): boolean {
  const row = tree.entryInode[entry]!;
  return tree.entryParent[entry] === 0 && hasType(tree, row, S_IFDIR) &&
    tree.countChildren[row] === 0 && isLostAndFound(tree, entry);
}

/** Which name comes first: negative for the first side's, 0 when they are the same. */
function orderOf(a: Tree, at: number, endA: number, b: Tree, bt: number, endB: number): number {
  if (at === endA) return 1;
  if (bt === endB) return -1;
  return compareBytes(nameOf(a, at as TreeEntry), nameOf(b, bt as TreeEntry));
}

/** Why nothing is known of contents, where that is not a reason to stop. */
function whyUnreadable(error: unknown): string | undefined {
  if (error instanceof SystemError) return `${error.meaning}; its contents are not compared`;
  if (error instanceof ReplacedFileError) {
    return "another file has taken its place; its contents are not compared";
  }
  return error instanceof UnsupportedFeatureError ? unsupportedProblem(error) : undefined;
}
