/**
 * Random root folders, with every kind of node and all that a node can have.
 * @module
 */

import fc from "fast-check";
import { device, fifo, file, folder, type Meta, type Node, symlink } from "./tree_builder.ts";

/** Any bytes that Linux takes for a name; short ones often, so that names share beginnings. */
const names = fc.uint8Array({ minLength: 1, maxLength: 255, size: "medium" })
  .map((bytes) => bytes.map((byte) => byte === 0 || byte === 0x2f ? 0x61 : byte))
  .filter((bytes) => ![".", ".."].includes(new TextDecoder().decode(bytes)));

const suffixes = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme-ascii" })
  .map((text) => text.replaceAll(/[^a-z]/g, "x"));
const xattrs = fc.dictionary(
  fc.tuple(fc.constantFrom("trusted.", "security."), suffixes).map(([prefix, name]) =>
    prefix + name
  ),
  fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.nat(9000).map((length) => new Uint8Array(length).fill(length)),
  ),
  { maxKeys: 6 },
);

const metas: fc.Arbitrary<Meta> = fc.record({
  mode: fc.nat(0o7777),
  uid: fc.nat(0xffff_fffe),
  gid: fc.nat(0xffff_fffe),
  mtime: fc.tuple(
    // From 2310 to 2378 is left out: e2fsck takes such times for ones before 1970.
    fc.oneof(
      fc.integer({ min: -0x8000_0000, max: 0x2_7fff_ffff }),
      fc.integer({ min: 0x3_0000_0000, max: 0x3_7fff_ffff }),
    ),
    // `find` prints times before 1970 in a way of its own when there is a fraction.
    fc.nat(999_999_999),
  ).map(([seconds, nanoseconds]) => [seconds, seconds < 0 ? 0 : nanoseconds] as const),
  xattrs: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: xattrs }),
});

const sparse = fc.record({
  sizeBytes: fc.nat(2 ** 33),
  cuts: fc.uniqueArray(fc.nat(2 ** 33), { maxLength: 12 }),
}).map(({ sizeBytes, cuts }) => {
  const starts = cuts.filter((cut) => cut < sizeBytes).sort((a, b) => a - b);
  const ranges = starts.flatMap((start, i) => [
    start,
    Math.min(start + 5000, starts[i + 1] ?? sizeBytes, sizeBytes),
  ]);
  return { sizeBytes, ranges };
});

const leaves: fc.Arbitrary<Node> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.uint8Array({ maxLength: 300 }), metas).map(([data, meta]) =>
      file(data, meta)
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(200_000), metas).map(([sizeBytes, meta]) =>
      file({ sizeBytes }, meta)
    ),
  },
  { weight: 1, arbitrary: fc.tuple(sparse, metas).map(([data, meta]) => file(data, meta)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 1023 }), metas).map(([length, meta]) =>
      symlink("t".repeat(length), meta)
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom("block" as const, "character" as const),
      fc.nat(4095),
      fc.nat(0xf_ffff),
      metas,
    )
      .map(([type, major, minor, meta]) => device(type, major, minor, meta)),
  },
  { weight: 1, arbitrary: metas.map((meta) => fifo(meta)) },
);

/** Root folders of up to some thousand names, some with several names of one inode. */
export const arbitraryRoot: fc.Arbitrary<Node> = fc.letrec<{ node: Node; folder: Node }>((tie) => ({
  node: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaves, tie("folder")),
  folder: fc.tuple(
    fc.uniqueArray(names, { maxLength: 40, selector: (name) => name.join() }),
    fc.array(tie("node"), { minLength: 1, maxLength: 8 }),
    fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(1500) }),
    metas,
  ).map(([own, nodes, countMore, meta]) => {
    const shared = nodes.filter((node) => node.kind !== "folder");
    const entries = own.map((name, i) =>
      [name, nodes[i] ?? shared[i % shared.length] ?? file(`${i}`)] as const
    );
    const more = Array.from(
      { length: countMore },
      (_, i) => [`generated name ${i}`, shared[i % (shared.length + 1)] ?? file(`${i}`)] as const,
    );
    return folder([...entries, ...more], meta);
  }),
})).folder;
