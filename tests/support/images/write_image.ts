/**
 * Plans an image of a built tree and writes it to a file, or to memory.
 * @module
 */

import assert from "node:assert/strict";
import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Plan, planImage, type PlanOptions, type Run } from "../../../ext4/plan_image.ts";
import type { TreeInode } from "../../../ext4/tree.ts";
import type { Built } from "../trees/tree_builder.ts";

/** Options that are the same in every test. */
export const TEST_OPTIONS: PlanOptions = {
  blockSizeBytes: "auto",
  label: new TextEncoder().encode("icecore"),
  uuid: Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i),
  hashSeed: Uint8Array.from({ length: 16 }, (_, i) => 1 + i),
  writeTimeSeconds: 1_700_000_000,
  times: "mtime",
  hasRecord: true,
};

const READ_BYTES = 1024 * 1024;

/** Plans with {@link TEST_OPTIONS}, but for those given. */
export function planOf(built: Built, options: Partial<PlanOptions> = {}): Plan {
  return planImage(built.tree, { ...TEST_OPTIONS, ...options });
}

/** The whole image in memory. */
export function imageBytes(built: Built, plan: Plan): Uint8Array {
  const image = new Uint8Array(plan.sizeBytes);
  emit(built, plan, (bytes, at) => image.set(bytes, at));
  return image;
}

/** A folder for one test on a RAM disk where there is one; the caller removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "icecore-test-"));
}

/** Writes the image to a sparse file for the time of a callback. */
export async function withImage<T>(
  built: Built,
  plan: Plan,
  use: (path: string, folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = temporaryFolder();
  try {
    const path = join(folder, "image");
    const fd = openSync(path, "w");
    try {
      ftruncateSync(fd, plan.sizeBytes);
      emit(built, plan, (bytes, at) => {
        if (bytes.some((byte) => byte !== 0)) writeSync(fd, bytes, 0, bytes.length, at);
      });
    } finally {
      closeSync(fd);
    }
    return await use(path, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function emit(built: Built, plan: Plan, write: (bytes: Uint8Array, at: number) => void): void {
  let at = 0;
  const hashes = new FileHashes(built, plan);
  let digests = new Uint8Array();
  for (const run of plan.runs()) {
    if (run.kind === "digests") {
      if (run.offsetBytes === 0) digests = hashes.finish(run.header);
      write(digests.subarray(run.offsetBytes, run.offsetBytes + run.lengthBytes), at);
      at += run.lengthBytes;
      continue;
    }
    if (run.kind === "bytes") {
      write(run.bytes, at);
      if (run.link !== undefined) hashes.addLink(run.link, run.bytes);
      at += run.bytes.length;
      continue;
    }
    if (run.kind === "file") {
      const fileEnd = built.tree.sizeBytes[run.inode]!;
      assert.ok(run.offsetBytes + run.lengthBytes <= fileEnd, "a run never crosses the end");
      const lengthBytes = built.isZeros(run.inode) ? 0 : run.lengthBytes;
      hashes.add(run);
      for (let done = 0; done < lengthBytes; done += READ_BYTES) {
        const length = Math.min(READ_BYTES, lengthBytes - done);
        write(built.read(run.inode, run.offsetBytes + done, length), at + done);
      }
    }
    at += run.lengthBytes;
  }
  assert.equal(at, plan.sizeBytes, "the runs add up to the planned size");
}

/** The digests of a record, by the runtime's SHA-256 and the rule of docs/native.md. */
class FileHashes {
  readonly #files = new Map<number, { row: TreeInode; sizeBytes: number; ranges: number[] }>();

  readonly #links = new Map<number, Uint8Array>();

  constructor(private readonly built: Built, private readonly plan: Plan) {}

  add({ number, inode: row, sizeBytes, offsetBytes, lengthBytes }: Run & { kind: "file" }): void {
    const file = this.#files.get(number) ?? { row, sizeBytes, ranges: [] };
    const { ranges } = file;
    if (ranges.at(-1) === offsetBytes) ranges[ranges.length - 1]! += lengthBytes;
    else ranges.push(offsetBytes, offsetBytes + lengthBytes);
    this.#files.set(number, file);
  }

  addLink(number: number, target: Uint8Array): void {
    this.#links.set(number, createHash("sha256").update(target).digest());
  }

  /** The table, then the digest of header and table. */
  finish(header: Uint8Array): Uint8Array<ArrayBuffer> {
    const { countUsedInodes } = this.plan.layout;
    const bytes = new Uint8Array(32 * (countUsedInodes + 1));
    for (const { number, sizeBytes } of this.plan.blockless()) {
      this.#files.set(number, { row: 0 as TreeInode, sizeBytes, ranges: [] });
    }
    for (const { number, ownerNumber } of this.plan.shared()) {
      this.#files.set(number, this.#files.get(ownerNumber)!);
    }
    for (const [number, file] of this.#files) bytes.set(this.#digestOf(file), 32 * (number - 1));
    for (const [number, digest] of this.#links) bytes.set(digest, 32 * (number - 1));
    const table = bytes.subarray(0, 32 * countUsedInodes);
    bytes.set(createHash("sha256").update(header).update(table).digest(), table.length);
    return bytes;
  }

  #digestOf({ row, sizeBytes, ranges }: {
    readonly row: TreeInode;
    readonly sizeBytes: number;
    readonly ranges: readonly number[];
  }): Uint8Array {
    const hash = createHash("sha256");
    const dataBytes = ranges.reduce((sum, at, i) => sum + (i % 2 === 0 ? -at : at), 0);
    const passesOver = sizeBytes - dataBytes > dataBytes + 16 * 2 ** 20;
    if (passesOver) hash.update("icecore holes\0");
    let end = 0;
    const numbers: number[] = [];
    for (let i = 0; i < ranges.length; i += 2) {
      const [from, to] = [ranges[i]!, ranges[i + 1]!];
      if (!passesOver) this.#zeros(hash, from - end);
      for (let at = from; at < to; at += READ_BYTES) {
        hash.update(this.built.read(row, at, Math.min(READ_BYTES, to - at)));
      }
      numbers.push(from, to - from);
      end = to;
    }
    if (!passesOver) this.#zeros(hash, sizeBytes - end);
    else {
      const all = BigUint64Array.from([...numbers, numbers.length / 2, sizeBytes], BigInt);
      hash.update(new Uint8Array(all.buffer));
    }
    return hash.digest();
  }

  #zeros(hash: Hash, lengthBytes: number): void {
    for (let left = lengthBytes; left > 0; left -= READ_BYTES) {
      hash.update(new Uint8Array(Math.min(READ_BYTES, left)));
    }
  }
}
