/**
 * Finds files of equal contents, so that each content is stored once.
 *
 * Only files of one size are read. What each of them held then is known by its digest; when one is
 * stored for all, its digest is made again, and a change in between is noticed.
 * @module
 */

import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import type { TreeInode } from "../../ext4/tree.ts";
import { candidatesOf, dataBytes, isSameShape, shapeOf } from "./candidates.ts";
import { type ContentReading, digestContents } from "./content_reader.ts";
import { probe } from "./probe.ts";

/** Digests that are known without reading a file that has no holes, by row. */
export type KnownDigests = ReadonlyMap<TreeInode, Uint8Array>;

/** Files of one content. */
export interface EqualFiles {
  /** The first, which is stored. */
  readonly owner: TreeInode;
  /** The others. */
  readonly twins: readonly TreeInode[];
  /** The SHA-256 of their contents, as the record has it. */
  readonly digest: Uint8Array;
}

/** Which files of a source are equal. */
export interface Equality {
  /** For each row the first row of the same contents: mostly itself. */
  readonly equalTo: Uint32Array;
  /** By the first of each. */
  readonly groups: ReadonlyMap<TreeInode, EqualFiles>;
  /** Bytes that were read to compare, and have to be read again to be stored. */
  readonly readTwiceBytes: number;
  /** Files whose digest did not have to be made. */
  readonly countKnown: number;
}

/** Looks for equal files. @throws the signal's reason */
export async function findEqualFiles(
  known: KnownDigests,
  reading: Omit<ContentReading, "onRead"> & {
    /** Receives how far it is. */
    onProgress(doneBytes: number, totalBytes: number): void;
  },
): Promise<Equality> {
  const { source: { tree }, breather, onProgress } = reading;
  let [readBytes, doneBytes, totalBytes] = [0, 0, 0];
  const onLook = (bytes: number) => void (readBytes += bytes);
  const onRead = (bytes: number) => {
    readBytes += bytes;
    doneBytes += bytes;
    if (breather.due) onProgress(doneBytes, totalBytes);
  };
  const digestOf = (inode: TreeInode) => tree.dataRanges.has(inode) ? undefined : known.get(inode);
  const isKnown = (inode: TreeInode) => digestOf(inode) !== undefined;
  const files = await probe(candidatesOf(tree), isKnown, { ...reading, onRead: onLook });
  const unknown = files.filter((inode) => !isKnown(inode));
  totalBytes = unknown.reduce((sum, inode) => sum + dataBytes(shapeOf(tree, inode)!), 0);
  const made = await digestContents(unknown, { ...reading, onRead });

  const equalTo = Uint32Array.from({ length: tree.countInodes }, (_, row) => row);
  const groups = new Map<TreeInode, { owner: TreeInode; twins: TreeInode[]; digest: Uint8Array }>();
  const firstOf = new FirstByDigest(
    files.length,
    (a, b) => isSameShape(shapeOf(tree, a)!, shapeOf(tree, b)!),
  );
  let at = 0;
  for (const inode of files) {
    const digest = digestOf(inode) ?? made.of(at);
    const wasRead = !isKnown(inode);
    if (wasRead) at++;
    if (digest === undefined) continue;
    const owner = firstOf.find(digest, inode);
    if (owner === inode) continue;
    equalTo[inode] = owner;
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, { owner, twins: [inode], digest: digest.slice() });
    else group.twins.push(inode);
    if (wasRead) readBytes -= dataBytes(shapeOf(tree, inode)!);
  }
  const countKnown = files.length - unknown.length;
  return { equalTo, groups, readTwiceBytes: readBytes, countKnown };
}

/** The first of all files of each digest and shape: a table without an object a file. */
class FirstByDigest {
  readonly #slots: Uint32Array;
  readonly #rows: TreeInode[] = [];
  readonly #digests: Uint8Array;

  constructor(
    countFiles: number,
    private readonly isSameShape: (a: TreeInode, b: TreeInode) => boolean,
  ) {
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * countFiles + 2)));
    this.#digests = new Uint8Array(countFiles * RECORD_DIGEST_BYTES);
  }

  /** The first that had a digest: the file itself, where none before it had. */
  find(digest: Uint8Array, inode: TreeInode): TreeInode {
    const mask = this.#slots.length - 1;
    const start = new DataView(digest.buffer, digest.byteOffset).getUint32(0, true);
    for (let slot = start & mask;; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) {
        this.#digests.set(digest, this.#rows.length * RECORD_DIGEST_BYTES);
        this.#slots[slot] = this.#rows.push(inode);
        return inode;
      }
      const at = index * RECORD_DIGEST_BYTES;
      const isEqual = digest.every((byte, i) => byte === this.#digests[at + i]);
      if (isEqual && this.isSameShape(this.#rows[index]!, inode)) return this.#rows[index]!;
    }
  }
}
