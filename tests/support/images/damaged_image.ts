/**
 * Images of many files, for tests of the record.
 * @module
 */

import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InodeNumber } from "../../../ext4/numbers.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { type VerifyFailure, verifyImage } from "../../../image/verify.ts";
import { icecoreOutput } from "../programs/run_icecore.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

/** A file's place in the image, of one that lies in one piece. */
export async function placeOf(
  image: Uint8Array,
  path: string,
): Promise<{ inode: number; at: number; sizeBytes: number }> {
  const files = await openFileSystem(bytesSource(image));
  const { inode } = await files.stat(path);
  const stored = await files.storedFile(inode as InodeNumber);
  return { inode, at: stored!.stretches[0]!.imageOffsetBytes, sizeBytes: stored!.sizeBytes };
}

/** 300 files of some sizes, in an image without a side file. */
export async function withManyFiles(
  use: (image: string, paths: readonly string[], place: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (place) => {
    const source = join(place, "many");
    mkdirSync(source);
    const paths: string[] = [];
    for (let i = 0; i < 300; i++) {
      writeFileSync(join(source, `f${i}`), `${i} `.repeat(1 + i * 13));
      paths.push(`many/f${i}`);
    }
    const image = join(place, "many.img");
    await icecoreOutput(["build", source, "-o", image, "--quiet"]);
    rmSync(`${image}.sha512`);
    await use(image, paths, place);
  });
}

/** What is found wrong with an image that is not sound. */
export async function failuresOf(image: string): Promise<VerifyFailure[]> {
  const failures: VerifyFailure[] = [];
  await assert.rejects(
    verifyImage(image, { onFailure: (failure) => failures.push(failure) }),
    { code: "verification-failed" },
  );
  return failures;
}

/** Changes a bit. */
export function flip(bytes: Uint8Array, at: number): void {
  bytes[at]! ^= 0x10;
}
