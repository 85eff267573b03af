/**
 * The UUID, hash seed and time of an image, derived from its tree: the same tree, the same image.
 * @module
 */

import { createHash } from "node:crypto";
import type { RecordBase } from "../../ext4/record.ts";
import type { TimeColumn, Tree } from "../../ext4/tree.ts";

/** What distinguishes an image from others. */
export interface TreeIdentity {
  /** 16 bytes, a version 8 UUID of RFC 9562. */
  readonly uuid: Uint8Array;
  /** 16 bytes that the hashes of names begin with. */
  readonly hashSeed: Uint8Array;
}

/**
 * Derives both from names, metadata and sizes; contents are not known before they are packed.
 *
 * @param base of a layer: two that hold the same, as nothing at all, on different images differ
 */
export function identityOf(tree: Tree, base?: RecordBase): TreeIdentity {
  const hash = createHash("sha256");
  const add = (column: Uint8Array | Uint16Array | Uint32Array | Float64Array, count: number) => {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = column;
    hash.update(new Uint8Array(buffer, byteOffset, count * BYTES_PER_ELEMENT));
  };
  const { countInodes, countEntries } = tree;
  const times = [tree.mtime, tree.atime, tree.ctime, tree.crtime];
  for (const column of [tree.mode, tree.uid, tree.gid, tree.sizeBytes, tree.xattrSet]) {
    add(column, countInodes);
  }
  for (const time of times.filter((each): each is TimeColumn => each !== undefined)) {
    add(time.seconds, countInodes);
    add(time.nanoseconds, countInodes);
  }
  for (const column of [tree.entryInode, tree.entryParent, tree.nameOffset, tree.nameLength]) {
    add(column, countEntries);
  }
  add(tree.bytes, bytesUsed(tree));
  for (const [inode, { major, minor }] of tree.devices) hash.update(`${inode} ${major} ${minor}\n`);
  for (const set of tree.xattrSets) {
    for (const { name, value } of set) {
      hash.update(name).update("\0").update(String(value.length)).update("\0").update(value);
    }
    hash.update("\n");
  }
  if (base !== undefined) hash.update(base.uuid).update(base.digest);
  const digest = hash.digest();
  return { uuid: asUuid(digest.subarray(0, 16)), hashSeed: asUuid(digest.subarray(16, 32)) };
}

/** Names and targets lie back to back; a target comes before its link's names: a name is last. */
function bytesUsed(tree: Tree): number {
  let end = 0;
  if (tree.countEntries > 0) {
    const last = tree.countEntries - 1;
    end = tree.nameOffset[last]! + tree.nameLength[last]!;
  }
  return end;
}

function asUuid(bytes: Uint8Array): Uint8Array {
  const uuid = Uint8Array.from(bytes);
  uuid[6] = (uuid[6]! & 0x0f) | 0x80;
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return uuid;
}

/** A UUID as people write it as its 16 bytes. */
export function parseUuid(text: string): Uint8Array {
  const hex = text.replaceAll("-", "");
  return Uint8Array.from({ length: 16 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/**
 * The newest modification time in a tree, in whole seconds, from 1970 to now.
 *
 * Times to come are passed over: e2fsck doubts an image that was written in the future.
 */
export function newestTime({ mtime, countInodes }: Tree, nowSeconds: number): number {
  let newest = 0;
  for (let inode = 0; inode < countInodes; inode++) {
    const seconds = mtime.seconds[inode]!;
    if (seconds > newest && seconds <= nowSeconds) newest = seconds;
  }
  return newest;
}
