/**
 * Sources on disks that can clone blocks, and what came of building there.
 * @module
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { verifyImage } from "../../../read.ts";
import { temporaryFolder } from "../images/write_image.ts";
import { assertE2fsckClean, output } from "../programs/oracles.ts";
import type { Requirements } from "../programs/requirements.ts";
import { loopDisk, withLoopDisk } from "./loop_disk.ts";

export const LARGE_BYTES = 60 << 20;

export const needs = (type: string, ...programs: string[]): Requirements => {
  const disk = loopDisk(type);
  return { ...disk, programs: [...disk.programs!, "filefrag", "e2fsck", ...programs] };
};

export function random(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

export function fill(folder: string): void {
  mkdirSync(`${folder}/source/inner`, { recursive: true });
  const at = (name: string) => `${folder}/source/${name}`;
  writeFileSync(at("large"), random(LARGE_BYTES));
  writeFileSync(at("inner/tail"), random((1 << 20) + 1234));
  writeFileSync(at("page"), random(4096));
  writeFileSync(at("tiny"), "within the metadata, on btrfs");
  writeFileSync(at("sparse"), random(1 << 20));
  truncateSync(at("sparse"), 30 << 20);
}

/** A folder in memory, with a disk of a type in it. */
export async function onDisk(
  type: string,
  use: (mountpoint: string) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder();
  try {
    await withLoopDisk(folder, type, use);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function freeBytes(mountpoint: string): number {
  output("sync", ["-f", mountpoint]);
  return Number(output("df", ["--output=avail", "-B1", mountpoint]).split("\n")[1]);
}

/** Whether an image shares extents with other files. */
export const isShared = (image: string) => /\bshared\b/.test(output("filefrag", ["-v", image]));

export async function assertHolds(image: string, source: string): Promise<void> {
  assertE2fsckClean(image);
  await verifyImage(image, { sources: [source] });
  const digest = createHash("sha512").update(readFileSync(image)).digest("hex");
  assert.equal(readFileSync(`${image}.sha512`, "utf8").slice(0, 128), digest);
}
