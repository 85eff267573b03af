import assert from "node:assert/strict";
import type { BlockSource } from "../../../../ext4/reader/bytes/block_source.ts";
import { ContentsAhead } from "../../../../ext4/reader/bytes/contents_ahead.ts";

const SIZE_BYTES = 3 * 2 ** 20;
const ROOM_BYTES = 2 ** 18;
const FILE_BYTES = 3000;
const BLOCK_BYTES = 4096;
const bytes = Uint8Array.from({ length: SIZE_BYTES }, (_, i) => i * 31 + (i >> 8));

/** A source that counts what is asked of it, and fails from a place on. */
function counted(brokenFrom = Infinity): { source: BlockSource; asked: number[] } {
  const asked: number[] = [];
  const source: BlockSource = {
    sizeBytes: SIZE_BYTES,
    read(offsetBytes, into) {
      asked.push(into.length);
      if (offsetBytes + into.length > brokenFrom) throw new Error("a bad sector");
      into.set(bytes.subarray(offsetBytes, offsetBytes + into.length));
    },
  };
  return { source, asked };
}

/** Reads as those do who have a cache: what is not known ahead, by itself. */
function read(ahead: ContentsAhead, source: BlockSource, offset: number, length: number): void {
  const into = new Uint8Array(length);
  if (!ahead.copy(offset, into)) assert.equal(source.read(offset, into), undefined);
  assert.deepEqual(into, bytes.slice(offset, offset + length));
}

Deno.test("files that follow each other are read by few calls, up to the end of the image", () => {
  for (const [roomBytes, most] of [[ROOM_BYTES, 30], [2 ** 16, 70]] as const) {
    const { source, asked } = counted();
    const ahead = new ContentsAhead(source, roomBytes);
    for (let at = 0; at + FILE_BYTES <= SIZE_BYTES; at += BLOCK_BYTES) {
      read(ahead, source, at, FILE_BYTES);
    }
    assert.ok(asked.length < most, `${asked.length} reads of 768 files`);
    assert.ok(Math.max(...asked) <= roomBytes);
  }
});

Deno.test("of files here and there, and of large ones, no more is read than is asked for", () => {
  const { source, asked } = counted();
  const ahead = new ContentsAhead(source, ROOM_BYTES);
  for (const at of [2_000_000, 0, 1_000_000, 500_000, 2_500_000, 40_000, 900_000]) {
    read(ahead, source, at, FILE_BYTES);
  }
  for (let at = 0; at < 2 ** 20; at += 2 ** 17) read(ahead, source, at, 2 ** 17);
  assert.deepEqual(new Set(asked), new Set([FILE_BYTES, 2 ** 17]));
});

Deno.test("a bad sector behind a file is no matter of that file's", () => {
  const { source, asked } = counted(100 * BLOCK_BYTES);
  const ahead = new ContentsAhead(source, ROOM_BYTES);
  for (let file = 0; file < 99; file++) read(ahead, source, file * BLOCK_BYTES, FILE_BYTES);
  const bad = 100 * BLOCK_BYTES;
  assert.equal(ahead.copy(bad, new Uint8Array(FILE_BYTES)), false);
  assert.throws(() => source.read(bad, new Uint8Array(FILE_BYTES)), /a bad sector/);
  // A failing disk was asked for more than is wanted once.
  assert.equal(asked.filter((length) => length > FILE_BYTES).length, 2);
});

Deno.test("of a source that does not answer at once nothing is read ahead, even if it fails", () => {
  let countAsked = 0;
  const source: BlockSource = {
    sizeBytes: SIZE_BYTES,
    read: () => {
      countAsked++;
      return Promise.reject(new Error("late"));
    },
  };
  const ahead = new ContentsAhead(source, ROOM_BYTES);
  for (let file = 0; file < 50; file++) {
    assert.equal(ahead.copy(file * BLOCK_BYTES, new Uint8Array(FILE_BYTES)), false);
  }
  assert.equal(countAsked, 1);
});
