/**
 * Names of 12 bytes, two of which have one hash, which the index of a folder must cope with.
 * @module
 */

import assert from "node:assert/strict";
import { dirHashMajor } from "../../../ext4/dirhash.ts";
import { INDEX_HASH_VERSION } from "../../../ext4/plan/folder_leaves.ts";
import { TEST_OPTIONS } from "../images/write_image.ts";

const COUNT_CANDIDATES = 300_000;

/**
 * Names of which two collide.
 * @param countBefore how many have a lower hash than those two
 * @param countAfter how many have a higher one
 */
export function namesAroundCollision(countBefore: number, countAfter: number): string[] {
  const view = new DataView(TEST_OPTIONS.hashSeed.slice().buffer);
  const seed = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  const byHash = new Map<number, string>();
  const pairs: { hash: number; names: [string, string] }[] = [];
  for (let i = 0; i < COUNT_CANDIDATES; i++) {
    const name = `name-${1_000_000 + i}`;
    const bytes = new TextEncoder().encode(name);
    const hash = dirHashMajor(bytes, 0, bytes.length, INDEX_HASH_VERSION, seed);
    const other = byHash.get(hash);
    if (other !== undefined) pairs.push({ hash, names: [other, name] });
    else byHash.set(hash, name);
  }
  const pair = pairs[Math.floor(pairs.length / 2)];
  assert.ok(pair !== undefined, "some of the candidates collide");
  const others = [...byHash].filter(([hash]) => hash !== pair.hash);
  const before = others.filter(([hash]) => hash < pair.hash).slice(0, countBefore);
  const after = others.filter(([hash]) => hash > pair.hash).slice(0, countAfter);
  assert.deepEqual([before.length, after.length], [countBefore, countAfter]);
  return [...before, ...after].map(([, name]) => name).concat(pair.names);
}
