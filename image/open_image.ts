/**
 * Opens an image for reading in place.
 * @module
 */

import type { BlockSource } from "../ext4/reader/bytes/block_source.ts";
import type { ImageReader, OpenImageOptions } from "./image_reader.ts";
import { openReader } from "./stack/open_reader.ts";

/**
 * Opens an image of ext2, ext3 or ext4, made by icecore or by anything else. One that was built on
 * another (an incremental image) is opened with all that it lies on, and shows the merged tree.
 *
 * ```ts
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 * import { pipeline, recipes } from "icecore";
 * import { openImage } from "icecore/read";
 *
 * const folder = await mkdtemp("/tmp/icecore-");
 * await writeFile(`${folder}/readme.txt`, "An ice core is drilled once.");
 * await pipeline(recipes.native).run({
 *   sources: [`${folder}/.`],
 *   output: `${folder}.img`,
 * });
 *
 * await using image = await openImage(`${folder}.img`);
 * for await (const { nameText, stat } of image.list("/")) {
 *   console.log(nameText, stat.sizeBytes);
 * }
 * const contents = await image.readFile("/readme.txt", { startBytes: 3, endBytes: 11 });
 * console.assert(await new Response(contents).text() === "ice core");
 * await rm(folder, { recursive: true });
 * await rm(`${folder}.img`);
 * await rm(`${folder}.img.sha512`);
 * ```
 *
 * @param source A path of a file or block device; `http://…` or `https://…` of a server that
 * answers Range requests; `s3://BUCKET/KEY` with the usual AWS environment variables; or anything
 * that has bytes.
 * @param options Default: the journal is replayed in memory where that is needed; of a remote image
 * 16 MiB are cached.
 * @returns The open image. Close it, or declare it with `await using`.
 * @throws CorruptImageError when it is not an image, or a broken one; UnsupportedFeatureError when it
 * uses a feature that is not known; EnvironmentError when its bytes cannot be had, or, by its code
 * `base-missing`, `wrong-base` or `base-unreadable`, those of an image that it lies on.
 */
export async function openImage(
  source: string | BlockSource,
  options: OpenImageOptions = {},
): Promise<ImageReader> {
  return (await openReader(source, options)).reader;
}
