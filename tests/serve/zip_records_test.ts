import assert from "node:assert/strict";
import {
  dataDescriptor,
  directoryEntry,
  directoryEntryBytes,
  endRecords,
  localHeader,
  memberBytes,
  type ZipMember,
} from "../../serve/archives/zip_records.ts";

const member: ZipMember = {
  name: new TextEncoder().encode("a.txt"),
  isUtf8: true,
  mode: 0o100644,
  mtimeSeconds: Date.UTC(2024, 4, 1, 12, 30, 20) / 1000,
  sizeBytes: 5,
};
const view = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

Deno.test("a small member has the records of APPNOTE, byte by byte", () => {
  assert.equal(
    hex(localHeader(member)),
    "504b0304" + "1400" + "0808" + "0000" + "ca63" + "a158" +
      "00000000".repeat(3) + "0500" +
      "0900" +
      hex(member.name) + "5554" + "0500" + "01" + "dc353266",
  );
  assert.equal(
    hex(dataDescriptor(member, 0xdeadbeef)),
    "504b0708" + "efbeadde" + "05000000".repeat(2),
  );
});

Deno.test("what exceeds 32 bits is in fields of 64", () => {
  const sizeBytes = 5 * 2 ** 30;
  const large = { ...member, sizeBytes };
  const local = localHeader(large);
  assert.equal(view(local).getUint16(4, true), 45);
  assert.equal(view(local).getUint32(22, true), 0xffff_ffff);
  const descriptor = dataDescriptor(large, 1);
  assert.equal(descriptor.length, 24);
  assert.equal(view(descriptor).getBigUint64(8, true), BigInt(sizeBytes));
  const entry = directoryEntry({
    ...large,
    crc32: 1,
    offsetBytes: 6 * 2 ** 30,
  });
  const extra = view(entry.subarray(46 + member.name.length));
  assert.deepEqual([extra.getUint16(0, true), extra.getUint16(2, true)], [
    1,
    24,
  ]);
  assert.deepEqual([4, 12, 20].map((at) => extra.getBigUint64(at, true)), [
    BigInt(sizeBytes),
    BigInt(sizeBytes),
    BigInt(6 * 2 ** 30),
  ]);
});

Deno.test("the end has ZIP64 records as soon as a number needs them, and not before", () => {
  assert.equal(endRecords(65_534, 1000, 1000).length, 22);
  for (
    const numbers of [[65_535, 1000, 1000], [1, 2 ** 32, 0], [
      1,
      46,
      2 ** 33,
    ]] as const
  ) {
    const end = endRecords(numbers[0], numbers[1], numbers[2]);
    assert.equal(end.length, 56 + 20 + 22);
    assert.equal(view(end).getBigUint64(24, true), BigInt(numbers[0]));
    assert.equal(view(end).getBigUint64(48, true), BigInt(numbers[2]));
    assert.equal(
      view(end.subarray(56)).getBigUint64(8, true),
      BigInt(numbers[1] + numbers[2]),
    );
  }
});

Deno.test("moments that DOS cannot say are the nearest that it can", () => {
  const timeOf = (mtimeSeconds: number) =>
    view(localHeader({ ...member, mtimeSeconds })).getUint32(10, true);
  assert.equal(timeOf(-1), timeOf(0));
  assert.equal(timeOf(2 ** 33), timeOf(2 ** 33 + 1e6));
});

Deno.test("how long records will be is known before they are made", () => {
  for (const sizeBytes of [0, 5, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 40]) {
    for (const mtimeSeconds of [0, 2 ** 33]) {
      const it = { ...member, sizeBytes, mtimeSeconds };
      const records = localHeader(it).length + dataDescriptor(it, 0).length;
      assert.equal(memberBytes(it), records + sizeBytes);
      for (const offsetBytes of [0, 2 ** 32 - 1]) {
        const entry = directoryEntry({ ...it, crc32: 0, offsetBytes });
        assert.equal(directoryEntryBytes(it, offsetBytes), entry.length);
      }
    }
  }
});
