import assert from "node:assert/strict";
import fc from "fast-check";
import { bytes, struct, u16, u32, u32s, u64, u8 } from "../../ext4/struct.ts";
import * as directory from "../../ext4/structs/directory.ts";
import * as extent from "../../ext4/structs/extent.ts";
import {
  GROUP_DESCRIPTOR,
  GROUP_DESCRIPTOR_32,
} from "../../ext4/structs/group_descriptor.ts";
import * as htree from "../../ext4/structs/htree.ts";
import { INODE } from "../../ext4/structs/inode.ts";
import { SUPERBLOCK } from "../../ext4/structs/superblock.ts";
import * as record from "../../ext4/structs/record.ts";
import * as xattr from "../../ext4/structs/xattr.ts";
import type { Fields, Struct } from "../../ext4/struct.ts";

const POINT = struct("point", 24, {
  x: u8(0),
  y: u16(2),
  z: u32(4),
  wide: u64(8),
  pair: u32s(16, 2),
});

Deno.test("a struct is written little-endian at the offsets of its table", () => {
  const encoded = POINT.encode({
    x: 1,
    y: 0x0203,
    z: 0x04050607,
    wide: 0x0102n,
    pair: [8, 9],
  });
  assert.deepEqual(
    [...encoded],
    [1, 0, 3, 2, 7, 6, 5, 4, 2, 1, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0],
  );
});

Deno.test("overlapping fields are refused when the struct is declared", () => {
  assert.throws(
    () => struct("bad", 8, { a: u32(0), b: u16(2) }),
    /cannot declare bad: b overlaps a/,
  );
});

Deno.test("a field past the end is refused when the struct is declared", () => {
  assert.throws(
    () => struct("bad", 8, { a: u32(6) }),
    /a overruns its 8 bytes/,
  );
});

Deno.test("a value that does not fit its field is refused, not cut", () => {
  assert.throws(() => POINT.encode({ x: 256 }), RangeError);
  assert.throws(() => POINT.encode({ y: -1 }), RangeError);
  assert.throws(() => POINT.encode({ z: 0.5 }), RangeError);
  assert.throws(() => POINT.encode({ wide: 1n << 64n }), RangeError);
  assert.throws(() => POINT.encode({ pair: [1] }), RangeError);
  assert.throws(
    () => struct("s", 2, { b: bytes(0, 2) }).encode({ b: new Uint8Array(3) }),
    RangeError,
  );
});

Deno.test("a struct past the end of the bytes is refused", () => {
  assert.throws(
    () => POINT.decode(new Uint8Array(30), 8),
    /24 bytes and 30 are there/,
  );
});

const ALL: readonly Struct<Fields>[] = [
  SUPERBLOCK,
  GROUP_DESCRIPTOR,
  GROUP_DESCRIPTOR_32,
  INODE,
  ...structsOf(directory),
  ...structsOf(extent),
  ...structsOf(htree),
  ...structsOf(record),
  ...structsOf(xattr),
];

function structsOf(
  module: Readonly<Record<string, unknown>>,
): Struct<Fields>[] {
  return Object.values(module).filter((value): value is Struct<Fields> =>
    typeof value === "object" && value !== null && "decode" in value
  );
}

for (const one of ALL) {
  Deno.test(`${one.name} of ${one.sizeBytes} bytes: decode, encode and decode agree on any bytes`, () => {
    const anyBytes = fc.uint8Array({
      minLength: one.sizeBytes,
      maxLength: one.sizeBytes,
    });
    fc.assert(
      fc.property(anyBytes, (original) => {
        const raw = one.decode(original);
        const again = one.encode(raw);
        assert.deepEqual(one.decode(again), raw);
        for (const field of Object.values(one.fields)) {
          const end = field.offset + field.sizeBytes;
          assert.deepEqual(
            again.slice(field.offset, end),
            original.slice(field.offset, end),
          );
        }
      }),
      { numRuns: 50 },
    );
  });
}

Deno.test("struct sizes are the kernel's, and docs/native.md's", () => {
  const sizes = ALL.map((one) => `${one.name} ${one.sizeBytes}`).toSorted();
  assert.deepEqual(sizes, [
    "dx_countlimit 4",
    "dx_entry 8",
    "dx_node 8",
    "dx_root 32",
    "dx_tail 8",
    "ext4_dir_entry_2 8",
    "ext4_dir_entry_tail 12",
    "ext4_extent 12",
    "ext4_extent_header 12",
    "ext4_extent_idx 12",
    "ext4_extent_tail 4",
    "ext4_group_desc 32",
    "ext4_group_desc 64",
    "ext4_inode 160",
    "ext4_super_block 1024",
    "ext4_xattr_entry 16",
    "ext4_xattr_header 32",
    "ext4_xattr_ibody_header 4",
    "icecore_record_base 320",
    "icecore_record_header 64",
  ]);
});
