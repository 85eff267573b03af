/**
 * Which groups begin with a copy of superblock and group descriptors under `sparse_super`.
 * Source: kernel Documentation/filesystems/ext4/blockgroup.rst, fs/ext4/balloc.c.
 * @module
 */

/** Groups 0 and 1, and the powers of 3, 5 and 7. */
export function hasSuperblock(group: number): boolean {
  if (group <= 1) return true;
  return [3, 5, 7].some((base) => isPowerOf(group, base));
}

/** All such groups below `countGroups`, ascending. */
export function groupsWithSuperblock(countGroups: number): number[] {
  const groups = new Set([0, 1]);
  for (const base of [3, 5, 7]) {
    for (let power = base; power < countGroups; power *= base) groups.add(power);
  }
  return [...groups].filter((group) => group < countGroups).sort((a, b) => a - b);
}

function isPowerOf(value: number, base: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}
