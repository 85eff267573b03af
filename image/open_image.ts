/**
 * Opens an image for reading in place.
 * @module
 */

import { CorruptImageError } from "../ext4/image_errors.ts";
import type { BlockSource } from "../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../ext4/reader/file_system.ts";
import { hasSuperblockToUse } from "../ext4/reader/open/superblock_copy.ts";
import { settle } from "../ext4/reader/reading.ts";
import { SUPERBLOCK } from "../ext4/structs/superblock.ts";
import type { HostBlockSource } from "../host/block_source/block_source.ts";
import { openSource } from "../host/block_source/open_source.ts";
import type { ImageReader, OpenImageOptions } from "./image_reader.ts";
import { saysNoImage, withName } from "./no_image.ts";
import { SourceReader } from "./source_reader.ts";
import { imageWithin } from "./stored/partition.ts";
import { withLastPart } from "./stored/split/last_part.ts";
import { unwrap } from "./stored/unwrap.ts";

/**
 * Opens an image of ext2, ext3 or ext4, made by icecore or by anything else.
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
 * uses a feature that is not known; EnvironmentError when its bytes cannot be had.
 */
export async function openImage(
  source: string | BlockSource,
  options: OpenImageOptions = {},
): Promise<ImageReader> {
  const location = typeof source === "string" ? { location: source } : {};
  let opened = typeof source === "string" ? await openSource(source, options) : borrowed(source);
  try {
    opened = await unwrap(opened, { ...options, ...location });
    opened = await imageWithin(opened, options);
    const caching = opened.isLocal ? LOCAL_CACHE : REMOTE_CACHE;
    return new SourceReader(await openFileSystem(opened, { ...caching, ...options }), opened);
  } catch (error) {
    const named = saysNoImage(error)
      ? await withName(error, opened)
      : withLastPart(await withSalvageability(error, opened), opened);
    opened.close();
    throw named;
  }
}

/** The same error; where the superblock is broken beyond help, its field `copies` is 0. */
async function withSalvageability(error: unknown, source: BlockSource): Promise<unknown> {
  if (!(error instanceof CorruptImageError) || error.structure !== SUPERBLOCK.name) return error;
  if (error.code === "truncated" || await settle(hasSuperblockToUse(source))) return error;
  const { code, structure, message, fields } = error;
  return new CorruptImageError(code, structure, message, { ...fields, copies: 0 }, {
    cause: error,
  });
}

/** The kernel caches what is local: here a little is enough, and memory is saved. */
const LOCAL_CACHE = {
  cacheBytes: 1 << 20,
  longestReadBytes: 64 << 10,
  firstReadBytes: 64 << 10,
  cachesContents: false,
};
/** Long enough reads for few requests: 100,000 files are listed with some 30. */
const REMOTE_CACHE = { cacheBytes: 16 << 20, longestReadBytes: 2 << 20 };

/** A source of the caller's own, which the caller closes; one that was opened here is known. */
function borrowed(source: BlockSource & Partial<Omit<HostBlockSource, "read">>): HostBlockSource {
  const { sizeBytes, shownName = "the image", isLocal = false } = source;
  return {
    sizeBytes,
    shownName,
    isLocal,
    read: (offsetBytes, into) => source.read(offsetBytes, into),
    close: () => {},
  };
}
