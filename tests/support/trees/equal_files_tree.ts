/**
 * Random trees in which many files are equal, and many nearly so.
 * @module
 */

import fc from "fast-check";
import { file, folder, type Meta, type Node, type Pattern, symlink } from "./tree_builder.ts";

const sizes = fc.oneof(
  fc.constantFrom(0, 1, 1023, 1024, 1025, 4095, 4096, 4097, 8192),
  fc.nat(300_000),
  fc.nat(3_000_000),
);

const whole = fc.tuple(sizes, fc.nat(3)).map(([sizeBytes, seed]): Pattern => ({ sizeBytes, seed }));

/** Data in some blocks of 4 KiB; now and then it ends within one. */
const withHoles = fc.tuple(
  fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 12 }),
  fc.nat(2_000_000),
  fc.nat(3),
).map(([blocks, more, seed]): Pattern => {
  const ranges = blocks.sort((a, b) => a - b).flatMap((at) => [at * 16_384, at * 16_384 + 4096]);
  return { sizeBytes: Math.max(ranges.at(-1)! + more, 1), ranges: joined(ranges), seed };
});

function joined(ranges: readonly number[]): number[] {
  const all: number[] = [];
  for (const at of ranges) {
    if (all.at(-1) === at) all.pop();
    else all.push(at);
  }
  return all;
}

/** The same beginning, and one byte that is not the same. */
function nearly({ sizeBytes, seed = 0 }: Pattern): Uint8Array {
  const bytes = new Uint8Array(sizeBytes).fill(seed + 1);
  if (sizeBytes > 0) bytes[sizeBytes - 1]!++;
  return bytes;
}

const metas: fc.Arbitrary<Meta> = fc.record({
  mode: fc.constantFrom(0o600, 0o644, 0o755),
  uid: fc.nat(3000),
  gid: fc.nat(3000),
  mtime: fc.tuple(fc.nat(2_000_000_000), fc.nat(999_999_999)),
  xattrs: fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constant({ "user.long": "x".repeat(2000) }) },
  ),
});

/** Few contents, some of them twice as different objects, and files that have one of each. */
export const equalFilesRoot: fc.Arbitrary<Node> = fc.tuple(
  fc.array(fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: withHoles }), {
    minLength: 1,
    maxLength: 6,
  }),
  fc.array(fc.tuple(fc.nat(11), fc.nat(2), fc.nat(4), metas), { minLength: 2, maxLength: 60 }),
).map(([contents, files]) => {
  const folders: [string, Node][][] = [[], [], []];
  let last: Node = symlink("f0");
  files.forEach(([which, where, link, meta], i) => {
    const content = contents[which % contents.length]!;
    // Of each fifth name a hard link, of each second content a neighbour that is nearly the same.
    const isNear = which >= 6 && content.ranges === undefined;
    const node = link === 0 ? last : file(isNear ? nearly(content) : content, meta);
    folders[where]!.push([`f${i}`, last = node]);
  });
  const [top, ...below] = folders;
  return folder([...top!, ...below.map((entries, i) => [`d${i}`, folder(entries)] as const)]);
});
