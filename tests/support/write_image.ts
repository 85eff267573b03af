/**
 * Plans an image of a built tree and writes it to a file, or to memory.
 * @module
 */

import assert from "node:assert/strict";
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
import { type Plan, planImage, type PlanOptions } from "../../ext4/plan/plan.ts";
import type { Built } from "./tree_builder.ts";

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
  for (const run of plan.runs()) {
    if (run.kind === "bytes") {
      write(run.bytes, at);
      at += run.bytes.length;
      continue;
    }
    if (run.kind === "file") {
      const fileEnd = built.tree.sizeBytes[run.inode]!;
      assert.ok(run.offsetBytes + run.lengthBytes <= fileEnd, "a run never crosses the end");
      const lengthBytes = built.isZeros(run.inode) ? 0 : run.lengthBytes;
      for (let done = 0; done < lengthBytes; done += READ_BYTES) {
        const length = Math.min(READ_BYTES, lengthBytes - done);
        write(built.read(run.inode, run.offsetBytes + done, length), at + done);
      }
    }
    at += run.lengthBytes;
  }
  assert.equal(at, plan.sizeBytes, "the runs add up to the planned size");
}
