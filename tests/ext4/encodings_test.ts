import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeDevice, encodeDevice } from "../../ext4/device_number.ts";
import { highHalf, joinHiLo, lowHalf } from "../../ext4/numbers.ts";
import { aclFromDisk, aclToDisk } from "../../ext4/posix_acl.ts";
import {
  groupsWithSuperblock,
  hasSuperblock,
} from "../../ext4/sparse_super.ts";
import * as times from "../../ext4/times.ts";
import { joinXattrName, splitXattrName } from "../../ext4/xattr_names.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("every time from 1901 to 2446 comes back from its two fields", () => {
  const seconds = fc.integer({
    min: times.EARLIEST_SECONDS,
    max: times.LATEST_SECONDS,
  });
  fc.assert(fc.property(seconds, fc.nat(999_999_999), (second, nanosecond) => {
    const field = times.timeField(second);
    const extra = times.timeExtraField(second, nanosecond);
    assert.equal(times.decodeSeconds(field, extra), second);
    assert.equal(times.decodeNanoseconds(extra), nanosecond);
  }));
});

Deno.test("the fields of times are those in the kernel's document", () => {
  const fields = (
    second: number,
  ) => [times.timeField(second), times.timeExtraField(second, 0)];
  assert.deepEqual(fields(-0x8000_0000), [0x8000_0000, 0]);
  assert.deepEqual(fields(-1), [0xffff_ffff, 0]);
  assert.deepEqual(fields(0x8000_0000), [0x8000_0000, 1]);
  assert.deepEqual(fields(0x1_8000_0000), [0x8000_0000, 2]);
  assert.deepEqual(fields(0x3_7fff_ffff), [0x7fff_ffff, 3]);
});

Deno.test("every device number comes back, small ones in the old form", () => {
  fc.assert(fc.property(fc.nat(4095), fc.nat(1_048_575), (major, minor) => {
    const encoded = encodeDevice({ major, minor });
    assert.deepEqual(decodeDevice(...encoded), { major, minor });
    assert.equal(
      encoded[1] === 0,
      (major < 256 && minor < 256) || encoded[0] !== 0,
    );
  }));
  assert.deepEqual(encodeDevice({ major: 1, minor: 3 }), [0x103, 0]);
  assert.deepEqual(encodeDevice({ major: 259, minor: 70_000 }), [
    0,
    0x1111_0370,
  ]);
});

Deno.test("an ACL comes back from ext4's own encoding", () => {
  const entry = fc.record({
    tag: fc.constantFrom(1, 2, 4, 8, 16, 32),
    permissions: fc.nat(7),
    id: fc.nat(0xffff_fffe),
  });
  fc.assert(fc.property(fc.array(entry), (entries) => {
    const view = new DataView(new ArrayBuffer(4 + 8 * entries.length));
    view.setUint32(0, 2, true);
    entries.forEach(({ tag, permissions, id }, i) => {
      view.setUint16(4 + 8 * i, tag, true);
      view.setUint16(6 + 8 * i, permissions, true);
      view.setUint32(
        8 + 8 * i,
        tag === 2 || tag === 8 ? id : 0xffff_ffff,
        true,
      );
    });
    const value = new Uint8Array(view.buffer);
    assert.deepEqual(aclFromDisk(aclToDisk(value)!), value);
  }));
});

Deno.test("what is not an ACL is reported as such, and nothing is thrown", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (any) => {
    const disk = aclToDisk(any);
    if (disk !== undefined) assert.equal(any[0], 2);
    aclFromDisk(any);
  }));
  assert.equal(
    aclToDisk(Uint8Array.of(2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0)),
    undefined,
  );
});

Deno.test("attribute names are split at their prefix and joined again", () => {
  const names: [string, number, string][] = [
    ["user.comment", 1, "comment"],
    ["system.posix_acl_access", 2, ""],
    ["system.posix_acl_default", 3, ""],
    ["trusted.overlay.opaque", 4, "overlay.opaque"],
    ["security.capability", 6, "capability"],
    ["system.other", 7, "other"],
  ];
  for (const [name, index, suffix] of names) {
    assert.deepEqual(splitXattrName(bytes(name)), {
      index,
      suffix: bytes(suffix),
    });
    assert.deepEqual(joinXattrName(index, bytes(suffix)), bytes(name));
  }
  assert.equal(splitXattrName(bytes("user.")), undefined);
  assert.equal(splitXattrName(bytes("btrfs.compression")), undefined);
});

Deno.test("copies of the superblock lie in groups 0, 1 and powers of 3, 5 and 7", () => {
  assert.deepEqual(groupsWithSuperblock(130), [
    0,
    1,
    3,
    5,
    7,
    9,
    25,
    27,
    49,
    81,
    125,
  ]);
  for (let group = 0; group < 3000; group++) {
    assert.equal(
      hasSuperblock(group),
      groupsWithSuperblock(3000).includes(group),
    );
  }
});

Deno.test("halves of 64-bit numbers are exact or refused", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => {
    assert.equal(joinHiLo(highHalf(value), lowHalf(value)), value);
  }));
  assert.throws(() => joinHiLo(0x20_0000, 0), RangeError);
});
