/**
 * The digest of one image with a bit of everything, to compare runtimes by.
 *
 * Run as a program, it prints the digest.
 * @module
 */

import { createHash } from "node:crypto";
import process from "node:process";
import { buildTree, file, folder, symlink } from "../trees/tree_builder.ts";
import { imageBytes, planOf } from "./write_image.ts";

/** Changes only when the format that icecore writes changes. */
export const GOLDEN_DIGEST = "070b8b7226ac497bce630bc9092a0ae9fe49672062260aa6d3db026d0d967cad";

/**
 * The same without a record. It is what icecore wrote before it had records, and has to stay that:
 * whoever leaves the record out gets what was there before.
 */
export const GOLDEN_DIGEST_WITHOUT_RECORD =
  "a67c295da9890545ba1bb4315e3d1609e7814cb7c687fbef57cbe0aaf3d38d4b";

/** A root folder with files, holes, links, attributes, and a folder with an index. */
export const goldenRoot = () =>
  folder({
    text: file("some text", { xattrs: { "user.a": "1", "user.b": new Uint8Array(3000) } }),
    link: symlink("text"),
    sparse: file({ sizeBytes: 900_000, ranges: [500_000, 600_000] }),
    many: folder(Array.from({ length: 500 }, (_, i) => [`name ${i}`, file(`${i}`)] as const)),
  });

/** SHA-256 of the image with 4 KiB blocks, in hex. */
export function goldenDigest(hasRecord = true): string {
  const built = buildTree(goldenRoot());
  const plan = planOf(built, { blockSizeBytes: 4096, hasRecord });
  return createHash("sha256").update(imageBytes(built, plan)).digest("hex");
}

if (import.meta.main) process.stdout.write(goldenDigest());
